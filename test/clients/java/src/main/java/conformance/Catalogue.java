package conformance;

import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.ListOsVersionsRequest;
import com.huaweicloud.sdk.ims.v2.model.ListVersionsRequest;
import com.huaweicloud.sdk.ims.v2.model.OsVersionResponse;
import com.huaweicloud.sdk.ims.v2.model.QuotaInfo;
import com.huaweicloud.sdk.ims.v2.model.ShowImageQuotaRequest;
import com.huaweicloud.sdk.ims.v2.model.ShowVersionRequest;
import com.huaweicloud.sdk.ims.v2.model.UpdateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.UpdateImageRequestBody;
import java.util.List;

/** What there is: images, changed and listed, quotas, systems and versions of the API. */
final class Catalogue {
    private final Cloud cloud;
    private final Account demo;

    Catalogue(Cloud cloud, Account demo) {
        this.cloud = cloud;
        this.demo = demo;
    }

    void call() {
        publicImages();
        var before = demo.quotaUsed();
        var id = demo.imported("java-before");
        Check.of("showImageQuota").gives("one image more is used", demo.quotaUsed(), before + 1);
        changed(id);
        demo.delete(id);
        Check.of("glanceDeleteImage")
                .gives("images that are left", demo.images(new ListImagesRequest().withId(id)), List.of());
        Check.of("showImageQuota").gives("no image more is used", demo.quotaUsed(), before);
        quotas();
        systems();
        versions();
    }

    private void publicImages() {
        var request = new ListImagesRequest()
                .withImagetype(ListImagesRequest.ImagetypeEnum.GOLD)
                .withPlatform(ListImagesRequest.PlatformEnum.CENTOS)
                .withSortKey(ListImagesRequest.SortKeyEnum.NAME)
                .withSortDir(ListImagesRequest.SortDirEnum.ASC)
                .withLimit(2);
        var first = demo.images(request);
        var image = first.get(0);
        var names = first.stream().map(ImageInfo::getName).toList();
        Check.of("listImages")
                .gives("names in order", names, names.stream().sorted().toList())
                .gives("images of a page", first.size(), 2)
                .says("kind", image.getImagetype(), "gold")
                .says("visibility", image.getVisibility(), "public")
                .says("platform", image.getPlatform(), "CentOS")
                .gives("protection", image.getProtected(), true)
                .gives("tags", image.getTags(), List.of());
        var next = demo.images(request.withMarker(first.get(1).getId()));
        Check.of("listImages")
                .gives("pages have an image in common", next.stream().anyMatch(first::contains), false);
    }

    private void changed(String id) {
        var changes = List.of(
                change(UpdateImageRequestBody.OpEnum.REPLACE, "/name", "java-after"),
                change(UpdateImageRequestBody.OpEnum.ADD, "/__description", "说明"),
                change(UpdateImageRequestBody.OpEnum.REPLACE, "/min_ram", "2048"));
        var answer = demo.client()
                .updateImage(new UpdateImageRequest().withImageId(id).withBody(changes));
        Check.of("updateImage")
                .gives("id", answer.getId(), id)
                .gives("name", answer.getName(), "java-after")
                .gives("description", answer.getDescription(), "说明")
                .gives("least memory", answer.getMinRam(), 2048)
                .says("status", answer.getStatus(), "active");
        var listed = demo.images(new ListImagesRequest().withName("java-after"));
        Check.of("listImages")
                .gives(
                        "ids of the images with a name",
                        listed.stream().map(ImageInfo::getId).toList(),
                        List.of(id))
                .gives("description after a change", listed.get(0).getDescription(), "说明");
    }

    private static UpdateImageRequestBody change(UpdateImageRequestBody.OpEnum op, String path, String value) {
        return new UpdateImageRequestBody().withOp(op).withPath(path).withValue(value);
    }

    private void quotas() {
        var quotas = demo.client()
                .showImageQuota(new ShowImageQuotaRequest())
                .getQuotas()
                .getResources();
        var images = quotas.get(0);
        Check.of("showImageQuota")
                .gives(
                        "types",
                        quotas.stream().map(QuotaInfo::getType).toList(),
                        List.of("image", "image_shared", "image_member"))
                .gives("quota of images", images.getQuota(), 100)
                .gives("used is not more than the quota", images.getUsed() <= images.getQuota(), true);
    }

    private void systems() {
        var platforms = demo.client()
                .listOsVersions(new ListOsVersionsRequest().withTag("arm"))
                .getBody();
        var centos = platforms.stream()
                .filter(each -> each.getPlatform().equals("CentOS"))
                .findFirst()
                .orElseThrow();
        var version = centos.getVersionList().get(0);
        Check.of("listOsVersions")
                .gives("platform of a version", version.getPlatform(), "CentOS")
                .gives("key of a version", version.getOsVersionKey(), version.getOsVersion())
                .gives("bits of a version", version.getOsBit(), 64)
                .gives("type of a version", version.getOsType(), "Linux");
    }

    private void versions() {
        var all = demo.client().listVersions(new ListVersionsRequest()).getVersions();
        Check.of("listVersions")
                .gives(
                        "ids",
                        all.stream().map(OsVersionResponse::getId).toList(),
                        List.of("v2.2", "v2.1", "v2.0", "v1.1", "v1.0"));
        var one = demo.client()
                .showVersion(new ShowVersionRequest().withVersion("v2"))
                .getVersions();
        var version = one.get(0);
        Check.of("showVersion")
                .gives("count", one.size(), 1)
                .gives("id", version.getId(), "v2.2")
                .gives("status", version.getStatus(), "CURRENT")
                .gives("address", version.getLinks().get(0).getHref(), cloud.endpoint() + "/v2/")
                .gives("relation", version.getLinks().get(0).getRel(), "self");
    }
}
