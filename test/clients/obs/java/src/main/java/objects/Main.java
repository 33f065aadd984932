package objects;

import com.obs.services.ObsClient;
import com.obs.services.ObsConfiguration;
import com.obs.services.exception.ObsException;
import com.obs.services.model.AbortMultipartUploadRequest;
import com.obs.services.model.AuthTypeEnum;
import com.obs.services.model.CompleteMultipartUploadRequest;
import com.obs.services.model.CopyPartRequest;
import com.obs.services.model.CreateBucketRequest;
import com.obs.services.model.DeleteObjectsRequest;
import com.obs.services.model.GetObjectRequest;
import com.obs.services.model.HttpMethodEnum;
import com.obs.services.model.InitiateMultipartUploadRequest;
import com.obs.services.model.KeyAndVersion;
import com.obs.services.model.ListMultipartUploadsRequest;
import com.obs.services.model.ListObjectsRequest;
import com.obs.services.model.ListPartsRequest;
import com.obs.services.model.ObjectMetadata;
import com.obs.services.model.ObsObject;
import com.obs.services.model.PartEtag;
import com.obs.services.model.PutObjectRequest;
import com.obs.services.model.TemporarySignatureRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Drives the object service with the OBS SDK for Java: Main ENDPOINT ACCESS_KEY SECRET_KEY SIGNATURE BUCKET. */
public final class Main {
  private static final String KEY = "a b/ü+&=.txt";

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    ObsConfiguration configuration = new ObsConfiguration();
    configuration.setEndPoint(arguments[0]);
    configuration.setHttpsOnly(false);
    configuration.setMaxErrorRetry(0);
    if (!arguments[3].equals("negotiated")) {
      configuration.setAuthTypeNegotiation(false);
      configuration.setAuthType(AuthTypeEnum.valueOf(arguments[3]));
    }
    try (ObsClient client = new ObsClient(arguments[1], arguments[2], configuration)) {
      drive(client, arguments[4]);
    }
  }

  private static void drive(ObsClient client, String bucket) throws IOException {
    CreateBucketRequest made = new CreateBucketRequest(bucket);
    made.setLocation("cn-north-4");
    client.createBucket(made);
    same(client.headBucket(bucket), true);
    same(client.listBuckets(null).stream().anyMatch(each -> each.getBucketName().equals(bucket)), true);
    same(client.getBucketLocation(bucket), "cn-north-4");
    System.out.println("buckets");

    ObjectMetadata about = new ObjectMetadata();
    about.addUserMetadata("colour", "red");
    client.putObject(new PutObjectRequest(bucket, KEY, bytes("hello world"))).getEtag();
    PutObjectRequest streamed = new PutObjectRequest(bucket, "stream", bytes("s".repeat(300_000)));
    streamed.setMetadata(about);
    client.putObject(streamed);
    same(read(client, bucket, KEY), "hello world");
    GetObjectRequest part = new GetObjectRequest(bucket, KEY);
    part.setRangeStart(6L);
    part.setRangeEnd(10L);
    same(text(client.getObject(part)), "world");
    ObjectMetadata found = client.getObjectMetadata(bucket, "stream");
    same(found.getContentLength() + " " + found.getUserMetadata("colour"), "300000 red");
    same(code(() -> client.getObject(bucket, "none")), "NoSuchKey");
    System.out.println("put, get, range, head");

    same(keys(client, new ListObjectsRequest(bucket)), List.of(KEY, "stream"));
    ListObjectsRequest below = new ListObjectsRequest(bucket);
    below.setPrefix("a b/");
    same(keys(client, below), List.of(KEY));
    ListObjectsRequest cut = new ListObjectsRequest(bucket);
    cut.setDelimiter("/");
    cut.setMaxKeys(1);
    same(client.listObjects(cut).getCommonPrefixes(), List.of("a b/"));
    same(client.listObjects(cut).getNextMarker(), "a b/");
    System.out.println("list");

    client.copyObject(bucket, KEY, bucket, "copy");
    same(read(client, bucket, "copy"), "hello world");
    System.out.println("copy");

    String upload = begin(client, bucket, "parts");
    String one = client.uploadPart(bucket, "parts", upload, 1, bytes("p".repeat(102_400))).getEtag();
    CopyPartRequest copied = new CopyPartRequest(upload, bucket, "stream", bucket, "parts", 2);
    String two = client.copyPart(copied).getEtag();
    same(client.listParts(new ListPartsRequest(bucket, "parts", upload)).getMultipartList().size(), 2);
    // The SDK sorts the list that it is given.
    List<PartEtag> parts = new ArrayList<>(List.of(new PartEtag(one, 1), new PartEtag(two, 2)));
    client.completeMultipartUpload(new CompleteMultipartUploadRequest(bucket, "parts", upload, parts));
    same(read(client, bucket, "parts"), "p".repeat(102_400) + "s".repeat(300_000));
    String half = begin(client, bucket, "half");
    ListMultipartUploadsRequest uploads = new ListMultipartUploadsRequest(bucket);
    same(client.listMultipartUploads(uploads).getMultipartTaskList().get(0).getObjectKey(), "half");
    client.abortMultipartUpload(new AbortMultipartUploadRequest(bucket, "half", half));
    System.out.println("multipart");

    same(send(client, HttpMethodEnum.GET, bucket, KEY, null), "hello world");
    send(client, HttpMethodEnum.PUT, bucket, "signed", "signed");
    same(read(client, bucket, "signed"), "signed");
    System.out.println("links");

    DeleteObjectsRequest others = new DeleteObjectsRequest(bucket);
    List<String> names = keys(client, new ListObjectsRequest(bucket)).stream().filter(each -> !each.equals(KEY)).toList();
    others.setKeyAndVersions(names.stream().map(KeyAndVersion::new).toArray(KeyAndVersion[]::new));
    same(client.deleteObjects(others).getDeletedObjectResults().size(), names.size());
    same(code(() -> client.deleteBucket(bucket)), "BucketNotEmpty");
    client.deleteObject(bucket, KEY);
    client.deleteBucket(bucket);
    same(client.headBucket(bucket), false);
    System.out.println("delete, multi-delete");
  }

  private static String begin(ObsClient client, String bucket, String key) {
    return client.initiateMultipartUpload(new InitiateMultipartUploadRequest(bucket, key)).getUploadId();
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(ObsClient client, String bucket, String key) throws IOException {
    return text(client.getObject(bucket, key));
  }

  private static String text(ObsObject object) throws IOException {
    try (InputStream content = object.getObjectContent()) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<String> keys(ObsClient client, ListObjectsRequest request) {
    return client.listObjects(request).getObjects().stream().map(ObsObject::getObjectKey).toList();
  }

  private static String send(ObsClient client, HttpMethodEnum method, String bucket, String key, String body)
      throws IOException {
    TemporarySignatureRequest wanted = new TemporarySignatureRequest(method, 60);
    wanted.setBucketName(bucket);
    wanted.setObjectKey(key);
    var link = client.createTemporarySignature(wanted);
    HttpURLConnection connection = (HttpURLConnection) new URL(link.getSignedUrl()).openConnection();
    connection.setRequestMethod(method.getOperationType());
    for (Map.Entry<String, String> header : link.getActualSignedRequestHeaders().entrySet())
      if (!header.getKey().equalsIgnoreCase("Host")) connection.setRequestProperty(header.getKey(), header.getValue());
    if (body != null) {
      connection.setDoOutput(true);
      // Without a type of its own the connection would send one that was not signed.
      if (connection.getRequestProperty("Content-Type") == null) connection.setRequestProperty("Content-Type", "");
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    same(connection.getResponseCode(), 200);
    return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String code(Runnable call) {
    try {
      call.run();
    } catch (ObsException refused) {
      return refused.getErrorCode();
    }
    return null;
  }

  private static void same(Object found, Object expected) {
    if (!Objects.equals(found, expected)) throw new AssertionError(found + " is not " + expected);
  }
}
