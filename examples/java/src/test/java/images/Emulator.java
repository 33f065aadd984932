package images;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The one emulator of all test classes: a container, or what runs at IMS_URL, which runs on when the tests have ended. */
record Emulator(String url, GenericContainer<?> container) implements AutoCloseable {
  private static final int PORT = 7878;

  /** Starts it for the first test that asks; JUnit closes it after the last one. */
  static Emulator of(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Emulator.class))
        .getOrComputeIfAbsent(Emulator.class, ignored -> started(System.getenv("IMS_URL")), Emulator.class);
  }

  @SuppressWarnings("resource") // close() stops the container
  private static Emulator started(String url) {
    if (url != null) {
      return new Emulator(url, null);
    }
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse("ims-emulator:latest"))
            .withExposedPorts(PORT)
            .waitingFor(Wait.forHttp("/_ims/ready").forPort(PORT));
    container.start();
    return new Emulator("http://" + container.getHost() + ":" + container.getMappedPort(PORT), container);
  }

  @Override
  public void close() {
    if (container != null) {
      container.stop();
    }
  }
}
