// Command objects drives the object service with the OBS SDK for Go: objects ENDPOINT ACCESS_KEY SECRET_KEY SIGNATURE, where
// SIGNATURE is v2, v4 or OBS.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"reflect"
	"strings"

	"github.com/huaweicloud/huaweicloud-sdk-go-obs/obs"
)

const key = "a b/ü+&=.txt"

// good ends the program when a call has failed.
func good[T any](answer T, err error) T {
	if err != nil {
		log.Panicf("%T: %v", answer, err)
	}
	return answer
}

func same(found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		log.Panicf("%v is not %v", found, expected)
	}
}

// code is the code of a refusal.
func code(err error) string {
	if refused, ok := err.(obs.ObsError); ok {
		return refused.Code
	}
	return fmt.Sprint(err)
}

// transport leads names below localhost, which the machine may not know, to this machine.
func transport() *http.Transport {
	var dialer net.Dialer
	return &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		if strings.HasSuffix(host, "localhost") {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return dialer.DialContext(ctx, network, address)
	}}
}

func main() {
	endpoint, signature := os.Args[1], obs.SignatureType(os.Args[4])
	client := good(obs.New(os.Args[2], os.Args[3], endpoint,
		obs.WithSignature(signature), obs.WithMaxRetryCount(0), obs.WithHttpTransport(transport())))
	bucket := fmt.Sprintf("go-%s-%d", strings.ToLower(string(signature)), os.Getpid())

	content := func(input *obs.GetObjectInput) string {
		input.Bucket = bucket
		output := good(client.GetObject(input))
		defer output.Body.Close()
		return string(good(io.ReadAll(output.Body)))
	}
	read := func(name string) string {
		input := &obs.GetObjectInput{}
		input.Key = name
		return content(input)
	}
	put := func(name string, body io.Reader) {
		input := &obs.PutObjectInput{Body: body}
		input.Bucket, input.Key = bucket, name
		input.Metadata = map[string]string{"colour": "red"}
		good(client.PutObject(input))
	}

	make := &obs.CreateBucketInput{Bucket: bucket}
	make.Location = "cn-north-4"
	good(client.CreateBucket(make))
	good(client.HeadBucket(bucket))
	listed := false
	for _, each := range good(client.ListBuckets(nil)).Buckets {
		listed = listed || each.Name == bucket
	}
	same(listed, true)
	same(good(client.GetBucketLocation(bucket)).Location, "cn-north-4")
	fmt.Println("buckets")

	put(key, strings.NewReader("hello world"))
	// A reader without a length.
	put("stream", io.LimitReader(strings.NewReader(strings.Repeat("s", 300_000)), 300_000))
	same(read(key), "hello world")
	part := &obs.GetObjectInput{RangeStart: 6, RangeEnd: 10}
	part.Key = key
	same(content(part), "world")
	about := good(client.GetObjectMetadata(&obs.GetObjectMetadataInput{Bucket: bucket, Key: "stream"}))
	same([]any{about.ContentLength, about.Metadata["colour"]}, []any{int64(300_000), "red"})
	missing := &obs.GetObjectInput{}
	missing.Bucket, missing.Key = bucket, "none"
	_, err := client.GetObject(missing)
	same(code(err), "NoSuchKey")
	fmt.Println("put, get, range, head")

	keys := func(cut obs.ListObjsInput) []string {
		var found []string
		for _, each := range good(client.ListObjects(&obs.ListObjectsInput{Bucket: bucket, ListObjsInput: cut})).Contents {
			found = append(found, each.Key)
		}
		return found
	}
	same(keys(obs.ListObjsInput{}), []string{key, "stream"})
	same(keys(obs.ListObjsInput{Prefix: "a b/"}), []string{key})
	page := good(client.ListObjects(&obs.ListObjectsInput{Bucket: bucket, ListObjsInput: obs.ListObjsInput{Delimiter: "/", MaxKeys: 1}}))
	same([]any{page.CommonPrefixes, page.IsTruncated, page.NextMarker}, []any{[]string{"a b/"}, true, "a b/"})
	fmt.Println("list")

	copied := &obs.CopyObjectInput{CopySourceBucket: bucket, CopySourceKey: key}
	copied.Bucket, copied.Key = bucket, "copy"
	good(client.CopyObject(copied))
	same(read("copy"), "hello world")
	fmt.Println("copy")

	begin := func(name string) string {
		input := &obs.InitiateMultipartUploadInput{}
		input.Bucket, input.Key = bucket, name
		return good(client.InitiateMultipartUpload(input)).UploadId
	}
	upload := begin("parts")
	one := good(client.UploadPart(&obs.UploadPartInput{Bucket: bucket, Key: "parts", PartNumber: 1, UploadId: upload,
		Body: strings.NewReader(strings.Repeat("p", 102_400))}))
	two := good(client.CopyPart(&obs.CopyPartInput{Bucket: bucket, Key: "parts", PartNumber: 2, UploadId: upload,
		CopySourceBucket: bucket, CopySourceKey: "stream"}))
	same(len(good(client.ListParts(&obs.ListPartsInput{Bucket: bucket, Key: "parts", UploadId: upload})).Parts), 2)
	good(client.CompleteMultipartUpload(&obs.CompleteMultipartUploadInput{Bucket: bucket, Key: "parts", UploadId: upload,
		Parts: []obs.Part{{PartNumber: 1, ETag: one.ETag}, {PartNumber: 2, ETag: two.ETag}}}))
	same(read("parts"), strings.Repeat("p", 102_400)+strings.Repeat("s", 300_000))
	half := begin("half")
	same(good(client.ListMultipartUploads(&obs.ListMultipartUploadsInput{Bucket: bucket})).Uploads[0].Key, "half")
	good(client.AbortMultipartUpload(&obs.AbortMultipartUploadInput{Bucket: bucket, Key: "half", UploadId: half}))
	fmt.Println("multipart")

	send := func(method obs.HttpMethodType, name, body string) string {
		link := good(client.CreateSignedUrl(&obs.CreateSignedUrlInput{Method: method, Bucket: bucket, Key: name, Expires: 60}))
		request := good(http.NewRequest(string(method), link.SignedUrl, strings.NewReader(body)))
		request.Header = link.ActualSignedRequestHeaders
		answer := good((&http.Client{Transport: transport()}).Do(request))
		defer answer.Body.Close()
		same(answer.StatusCode, 200)
		return string(good(io.ReadAll(answer.Body)))
	}
	same(send(obs.HttpMethodGet, key, ""), "hello world")
	send(obs.HttpMethodPut, "signed", "signed")
	same(read("signed"), "signed")
	fmt.Println("links")

	var others []obs.ObjectToDelete
	for _, each := range keys(obs.ListObjsInput{}) {
		if each != key {
			others = append(others, obs.ObjectToDelete{Key: each})
		}
	}
	same(len(good(client.DeleteObjects(&obs.DeleteObjectsInput{Bucket: bucket, Objects: others})).Deleteds), len(others))
	_, err = client.DeleteBucket(bucket)
	same(code(err), "BucketNotEmpty")
	good(client.DeleteObject(&obs.DeleteObjectInput{Bucket: bucket, Key: key}))
	good(client.DeleteBucket(bucket))
	_, err = client.ListObjects(&obs.ListObjectsInput{Bucket: bucket})
	same(code(err), "NoSuchBucket")
	fmt.Println("delete, multi-delete")
}
