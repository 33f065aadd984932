package images;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The emulator of all test classes: a container, or the emulator at IMS_URL, which is left running. */
record Emulator(String url, GenericContainer<?> container) implements AutoCloseable {
  private static final int PORT = 7878;

  /** Starts the emulator for the first test; JUnit closes it after the last one. */
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
