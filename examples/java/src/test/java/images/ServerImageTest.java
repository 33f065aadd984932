package images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.huaweicloud.sdk.core.exception.ClientRequestException;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServerImageTest {
  private static final String SERVER = "10000000-0000-4000-8000-000000000001"; // one of the servers of every new world

  @RegisterExtension final InWorld in = new InWorld();

  private World world;
  private ImsClient client;
  private ServerImage images;

  @BeforeEach
  void callTheWorld() {
    world = in.world();
    client = world.client();
    images = new ServerImage(client, world::advance);
  }

  @Test
  void theImageIsActiveWhenItsJobIsDoneAndNobodySlept() throws Exception {
    var id = images.make("golden", SERVER);

    var image = client.listImages(new ListImagesRequest().withId(id)).getImages().get(0);
    assertEquals("golden", image.getName());
    assertEquals(ImageInfo.StatusEnum.ACTIVE, image.getStatus());
  }

  @Test
  void aJobThatFailsAtSixtyPercentIsToldWithTheCodeOfTheCloud() {
    world.addRule(
        "bad luck",
        Map.of("operation", "CreateImage"),
        Map.of("job", Map.of("fail_at", "60%", "error", "IMG.0057")));

    var failure = assertThrows(ServerImage.JobFailed.class, () -> images.make("golden", SERVER));

    assertEquals("IMG.0057", failure.code());
    world.expectRequests(Map.of("operation", "CreateImage", "rule", "bad luck"), 1);
  }

  @Test
  void anOrderThatIsRefusedIsNotSentAgain() {
    world.addRule("full", Map.of(), Map.of("quota", Map.of("private_images", 0)));

    var refusal = assertThrows(ClientRequestException.class, () -> images.make("golden", SERVER));

    assertEquals("IMG.0015", refusal.getErrorCode());
    world.expectRequests(Map.of("operation", "CreateImage"), 1);
    world.expectRequests(Map.of("operation", "ShowJobProgress"), 0);
  }
}
