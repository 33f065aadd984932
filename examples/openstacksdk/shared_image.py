"""Uploads disk images and shares them with other projects."""

from openstack.connection import Connection


def share_disk_image(cloud: Connection, name, filename, projects):
    """Uploads a file as an image, shares it with projects, and returns its id. A failed upload leaves no image behind."""
    image = cloud.image.create_image(name, filename=filename, disk_format='raw', container_format='bare')
    for project in projects:
        cloud.image.add_member(image, member_id=project)
    return image.id
