package images;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test its own world: {@code @RegisterExtension InWorld in = new InWorld();} */
final class InWorld implements BeforeEachCallback, AfterEachCallback {
  private World world;

  World world() {
    return world;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    world = World.in(Emulator.of(context).url());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (world != null) {
      world.close();
    }
  }
}
