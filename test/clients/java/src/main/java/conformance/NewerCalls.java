package conformance;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.huaweicloud.sdk.core.HcClient;
import com.huaweicloud.sdk.core.http.HttpMethod;
import com.huaweicloud.sdk.core.http.HttpRequestDef;
import com.huaweicloud.sdk.ims.v2.ImsMeta;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsRequest;
import com.huaweicloud.sdk.ims.v2.model.BatchAddOrDeleteTagsResponse;
import com.huaweicloud.sdk.ims.v2.model.CopyImageInRegionRequest;
import com.huaweicloud.sdk.ims.v2.model.CopyImageInRegionResponse;
import com.huaweicloud.sdk.ims.v2.model.CreateDataImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateDataImageResponse;
import com.huaweicloud.sdk.ims.v2.model.CreateImageRequest;
import com.huaweicloud.sdk.ims.v2.model.CreateImageResponse;
import com.huaweicloud.sdk.ims.v2.model.ExportImageRequest;
import com.huaweicloud.sdk.ims.v2.model.ExportImageResponse;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImageMembersRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageMemberRequest;
import com.huaweicloud.sdk.ims.v2.model.ImportImageQuickRequest;
import com.huaweicloud.sdk.ims.v2.model.ImportImageQuickResponse;
import java.util.List;
import java.util.Set;

/**
 * The calls that the SDK has in other languages and in later versions, and not in the one that can be had here. They
 * are declared to its core as its own are: the core builds, signs, sends and decodes them, and throws what it throws.
 * Each takes the request of the call that sends the same.
 */
final class NewerCalls {
    /** By the names that the SDK's methods would have. */
    static final Set<String> NAMES = Set.of(
            "createImageInSafeMode",
            "createDataImageInSafeMode",
            "importImageQuickInSafeMode",
            "copyImageInRegionInSafeMode",
            "exportImageInSafeMode",
            "listImageMembers",
            "showImageMember",
            "batchDeleteTags");

    private static final String MEMBERS = "/v1/{project_id}/cloudimages/{image_id}/members";

    private final HcClient core;

    NewerCalls(HcClient core) {
        this.core = core;
    }

    CreateImageResponse createImageInSafeMode(CreateImageRequest request) {
        return core.syncInvokeHttp(request, at("/v2.1/cloudimages/action", ImsMeta.createImage));
    }

    CreateDataImageResponse createDataImageInSafeMode(CreateDataImageRequest request) {
        return core.syncInvokeHttp(request, at("/v2.1/cloudimages/dataimages/action", ImsMeta.createDataImage));
    }

    ImportImageQuickResponse importImageQuickInSafeMode(ImportImageQuickRequest request) {
        return core.syncInvokeHttp(request, at("/v2.1/cloudimages/quickimport/action", ImsMeta.importImageQuick));
    }

    CopyImageInRegionResponse copyImageInRegionInSafeMode(CopyImageInRegionRequest request) {
        return core.syncInvokeHttp(request, at("/v2.1/cloudimages/{image_id}/copy", ImsMeta.copyImageInRegion));
    }

    ExportImageResponse exportImageInSafeMode(ExportImageRequest request) {
        return core.syncInvokeHttp(request, at("/v2.1/cloudimages/{image_id}/file", ImsMeta.exportImage));
    }

    ImageMembers listImageMembers(GlanceListImageMembersRequest request) {
        return core.syncInvokeHttp(
                request, declared(HttpMethod.GET, MEMBERS, ImsMeta.glanceListImageMembers, ImageMembers.class));
    }

    ImageMember showImageMember(GlanceShowImageMemberRequest request) {
        return core.syncInvokeHttp(
                request,
                declared(HttpMethod.GET, MEMBERS + "/{member_id}", ImsMeta.glanceShowImageMember, ImageMember.class));
    }

    /** A deletion names no action: that it is one is said by the method. */
    BatchAddOrDeleteTagsResponse batchDeleteTags(BatchAddOrDeleteTagsRequest request) {
        return core.syncInvokeHttp(
                request,
                declared(
                        HttpMethod.DELETE,
                        "/v1/{project_id}/cloudimages/{image_id}/tags/delete",
                        ImsMeta.batchAddOrDeleteTags,
                        BatchAddOrDeleteTagsResponse.class));
    }

    record ImageMembers(
            @JsonProperty("members") List<ImageMember> members,
            @JsonProperty("schema") String schema,
            @JsonProperty("page_info") PageInfo pageInfo) {}

    record ImageMember(
            @JsonProperty("status") String status,
            @JsonProperty("created_at") String createdAt,
            @JsonProperty("updated_at") String updatedAt,
            @JsonProperty("image_id") String imageId,
            @JsonProperty("member_id") String memberId,
            @JsonProperty("member_type") String memberType,
            @JsonProperty("schema") String schema) {}

    record PageInfo(
            @JsonProperty("current_count") Integer currentCount,
            @JsonProperty("next_marker") String nextMarker) {}

    /** A call of the SDK's own in another place. */
    private static <Request, Response> HttpRequestDef<Request, Response> at(
            String path, HttpRequestDef<Request, Response> known) {
        return declared(known.getMethod(), path, known, known.getResponseType());
    }

    /** A call that sends what a known one does. */
    private static <Request, Response> HttpRequestDef<Request, Response> declared(
            HttpMethod method, String path, HttpRequestDef<Request, ?> known, Class<Response> answer) {
        var declaration =
                HttpRequestDef.builder(method, known.getRequestType(), answer).withUri(path);
        if (known.getContentType() != null) {
            declaration.withContentType(known.getContentType());
        }
        known.getRequestFields().forEach(declaration::withRequestField);
        return declaration.build();
    }
}
