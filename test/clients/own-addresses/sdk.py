"""The Python SDK finds the emulator by its environment alone: no endpoint, no key and no project is written here."""

import os

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkims.v2 import ImsClient, ListImagesRequest
from huaweicloudsdkims.v2.region.ims_region import ImsRegion


def client(region, project=None):
    # Without a project the SDK asks the identity service of the cloud for it.
    credentials = BasicCredentials(os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], project)
    return ImsClient.new_builder().with_credentials(credentials).with_region(ImsRegion.value_of(region)).build()


def main():
    region = os.environ["HW_REGION_NAME"]
    by_environment = ImsClient.new_builder().with_region(ImsRegion.value_of(region)).build()
    gold = by_environment.list_images(ListImagesRequest(imagetype="gold", limit=1)).images
    assert len(gold) == 1, gold
    print(f"{region}: {gold[0].name}, by the variables of the SDK")

    for each in (region, "cn-east-3"):
        found = client(each).list_images(ListImagesRequest(imagetype="gold", limit=1)).images
        assert len(found) == 1, found
        print(f"{each}: {found[0].name}, in the project that IAM tells")


main()
