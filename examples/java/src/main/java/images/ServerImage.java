package images;

import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequestBody;
import com.huaweicloud.sdk.ims.v2.model.ShowJobProgressRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowJobProgressResponse;
import java.time.Duration;

/** Creates images of servers. */
public final class ServerImage {
  /** Waits between two requests for a job. */
  @FunctionalInterface
  public interface Pause {
    void of(Duration length) throws InterruptedException;
  }

  /** A job of the cloud failed; the code is the cloud's error code, such as IMG.0057. */
  public static final class JobFailed extends Exception {
    private static final long serialVersionUID = 1;
    private final String code;

    JobFailed(String code, String reason) {
      super(code + ": " + reason);
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final ImsClient client;
  private final Pause pause;

  public ServerImage(ImsClient client) {
    this(client, length -> Thread.sleep(length.toMillis()));
  }

  /** @param pause waits; tests pass a function that advances virtual time. */
  public ServerImage(ImsClient client, Pause pause) {
    this.client = client;
    this.pause = pause;
  }

  /** Creates an image of a server; returns its id when its job has succeeded. */
  public String make(String name, String serverId) throws JobFailed, InterruptedException {
    var order = new CreateImageRequestBody().withName(name).withInstanceId(serverId);
    var jobId = client.createImage(new CreateImageRequest().withBody(order)).getJobId();
    while (true) {
      var job = client.showJobProgress(new ShowJobProgressRequest().withJobId(jobId));
      if (job.getStatus() == ShowJobProgressResponse.StatusEnum.SUCCESS) {
        return job.getEntities().getImageId();
      }
      if (job.getStatus() == ShowJobProgressResponse.StatusEnum.FAIL) {
        throw new JobFailed(job.getErrorCode(), job.getFailReason());
      }
      pause.of(BETWEEN_LOOKS);
    }
  }
}
