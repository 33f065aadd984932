package images;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.BatchAddMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchAddMembersRequestBody;
import com.huaweicloud.sdk.ims.v2.model.BatchUpdateMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchUpdateMembersRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TwoAccountsTest {
  private static final String SERVER = "10000000-0000-4000-8000-000000000001"; // one of the servers of every new world
  private static final Duration A_JOB = Duration.ofMinutes(1);

  @RegisterExtension final InWorld in = new InWorld();

  @Test
  void anImageThatIsSharedIsListedForTheOtherAccountOnceItHasAccepted() throws Exception {
    var world = in.world();
    var owner = world.client();
    var partner = world.clientOf("partner");
    var project = world.projectOf("partner");
    var id = new ServerImage(owner, world::advance).make("golden", SERVER);

    var sharing = new BatchAddMembersRequestBody().withImages(List.of(id)).withProjects(List.of(project));
    owner.batchAddMembers(new BatchAddMembersRequest().withBody(sharing));
    world.advance(A_JOB);
    assertEquals(0, countOf(partner, id));

    var answer =
        new BatchUpdateMembersRequestBody()
            .withImages(List.of(id))
            .withProjectId(project)
            .withStatus(BatchUpdateMembersRequestBody.StatusEnum.ACCEPTED);
    partner.batchUpdateMembers(new BatchUpdateMembersRequest().withBody(answer));
    world.advance(A_JOB);
    assertEquals(1, countOf(partner, id));
  }

  private static int countOf(ImsClient client, String id) {
    return client.listImages(new ListImagesRequest().withId(id)).getImages().size();
  }
}
