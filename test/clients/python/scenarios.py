"""Each shipped scenario as somebody sees it who has the official SDK: one world for each, time standing still in it."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

import huaweicloudsdkiam.v3 as iam
import huaweicloudsdkims.v2 as ims
from checks import check, refused
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from requests.exceptions import RequestException

FILE = 'images:tiny-v3.qcow2'
PARTNER = '0605767b4480d5872f0ec00af5c37a9b'


@dataclass(frozen=True)
class World:
    """A world under a scenario, and a client of its demo user: its access key leads there."""

    endpoint: str
    name: str
    access_key: str
    secret_key: str
    token: str
    project_id: str
    client: ims.ImsClient

    @classmethod
    def under(cls, cloud, scenario, auth='lenient'):
        wish = {'name': f'under-{scenario}', 'scenario': scenario, 'auth': auth, 'clock': {'rate': 0}}
        made = control(cloud.endpoint, 'POST', '/_ims/worlds', wish)
        credentials = BasicCredentials(made['access_key'], made['secret_key'], made['project_id'])
        return cls(
            cloud.endpoint,
            made['name'],
            made['access_key'],
            made['secret_key'],
            made['token'],
            made['project_id'],
            cloud.client_with(credentials),
        )

    def advance(self, by):
        control(self.endpoint, 'POST', f'/_ims/worlds/{self.name}/clock/advance', {'by': by})

    def images(self):
        return self.client.list_images(ims.ListImagesRequest(imagetype='private')).images

    def create(self):
        body = ims.CreateImageRequestBody(name='ruled', image_url=FILE, min_disk=1)
        return self.client.create_image(ims.CreateImageRequest(body=body)).job_id

    def refusal_of_create(self):
        body = ims.CreateImageRequestBody(name='ruled', image_url=FILE, min_disk=1)
        return refused(self.client.create_image, ims.CreateImageRequest(body=body))[:2]

    def copy(self, image_id, **more):
        body = ims.CopyImageInRegionRequestBody(name='copied', **more)
        return ims.CopyImageInRegionRequest(image_id=image_id, body=body)

    def end(self, job_id):
        """How a job stands after a day."""
        self.advance('24h')
        job = self.client.show_job(ims.ShowJobRequest(job_id=job_id))
        return job.status, job.error_code

    def imported(self):
        self.end(self.create())
        return self.images()[0].id


def control(endpoint, method, path, body):
    request = urllib.request.Request(endpoint + path, json.dumps(body).encode(), method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b'null')


def outcome(call):
    """What became of a call: its answer's class, a status, or the kind of failure of the connection."""
    try:
        return type(call()).__name__
    except SdkException as error:
        return str(getattr(error, 'status_code', None) or type(error).__name__)
    except RequestException as error:
        # The SDK lets an answer that breaks off through as its transport has it.
        return type(error).__name__


SUCCESS = ('SUCCESS', None)


def standard(world):
    job = world.create()
    world.advance('5s')
    running = world.client.show_job(ims.ShowJobRequest(job_id=job)).status
    return (running, world.end(job)), ('RUNNING', SUCCESS)


def instant(world):
    job = world.client.show_job(ims.ShowJobRequest(job_id=world.create()))
    return job.status, 'SUCCESS'


def realistic(world):
    job = world.create()
    world.advance('354s')
    running = world.client.show_job(ims.ShowJobRequest(job_id=job)).status
    return (running, world.end(job)), ('RUNNING', SUCCESS)


def slow(world):
    job = world.create()
    world.advance('29m')
    return world.client.show_job(ims.ShowJobRequest(job_id=job)).status, 'RUNNING'


def import_fails(world):
    return (world.end(world.create()), world.images()), (('FAIL', 'IMG.0057'), [])


def copy_fails(world):
    job = world.client.copy_image_in_region(world.copy(world.imported())).job_id
    return world.end(job), ('FAIL', 'IMG.0061')


def export_fails(world):
    body = ims.ExportImageRequestBody(bucket_url='images:ruled.qcow2', file_format='qcow2')
    job = world.client.export_image(ims.ExportImageRequest(image_id=world.imported(), body=body)).job_id
    return world.end(job), ('FAIL', 'IMG.0069')


def stuck_job(world):
    return (world.end(world.create()), world.end(world.create())), (SUCCESS, ('RUNNING', None))


def quota_exhausted(world):
    return world.refusal_of_create(), (400, 'IMG.0015')


def quota_raised(world):
    before = world.refusal_of_create()
    world.advance('1m')
    return (before, world.end(world.create())), ((400, 'IMG.0015'), SUCCESS)


def throttled(world):
    found = [outcome(world.images) for _ in range(4)]
    world.advance('2s')
    found += [outcome(world.images) for _ in range(3)]
    return found, ['list', 'list', '429', '429', 'list', 'list', '429']


def flaky_network(world):
    found = {outcome(world.images) for _ in range(40)}
    return ('list' in found, len(found) > 1), (True, True)


def brown_out(world):
    def failures():
        return [outcome(world.images) for _ in range(10)].count('503')

    calm = failures()
    world.advance('5s')
    outage = failures()
    world.advance('10s')
    return (calm, outage > 0, failures()), (0, True, 0)


def eventual_consistency(world):
    world.create()
    world.advance('10s')
    soon = len(world.images())
    world.advance('20s')
    return (soon, len(world.images())), (0, 1)


def token_expiry(world):
    """A token is good for a minute; the access key that looks at it stays good."""
    credentials = GlobalCredentials(world.access_key, world.secret_key, '0605767a7780d5e50fe5c00a6d1b1c2a')
    client = iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(world.endpoint).build()
    user = iam.PwdPasswordUser(
        name='demo', password='demo-password', domain=iam.PwdPasswordUserDomain(name='demo')
    )
    identity = iam.PwdIdentity(methods=['password'], password=iam.PwdPassword(user=user))
    # A password leads to no world: the path does.
    path = iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(f'{world.endpoint}/w/{world.name}')
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity))
    token = path.build().keystone_create_user_token_by_password(
        iam.KeystoneCreateUserTokenByPasswordRequest(body=body)
    ).x_subject_token
    request = iam.KeystoneValidateTokenRequest(x_subject_token=token)
    good = outcome(lambda: client.keystone_validate_token(request))
    world.advance('1m')
    return (good, outcome(lambda: client.keystone_validate_token(request))), ('KeystoneValidateTokenResponse', '404')


def upload_unauthorized(world):
    """The SDK has no upload; this is what a plain client sees."""
    body = ims.GlanceCreateImageMetadataRequestBody(name='ruled', disk_format='raw', container_format='bare')
    image = world.client.glance_create_image_metadata(ims.GlanceCreateImageMetadataRequest(body=body))
    headers = {'X-Auth-Token': world.token, 'Content-Type': 'application/octet-stream'}

    def upload():
        url = f'{world.endpoint}/v2/images/{image.id}/file'
        try:
            return urllib.request.urlopen(urllib.request.Request(url, b'bytes', headers, method='PUT')).status
        except urllib.error.HTTPError as error:
            return error.code

    return (upload(), upload()), (401, 204)


def member_rejects(world):
    image = world.imported()
    add = ims.GlanceAddImageMemberRequestBody(member=PARTNER)
    world.client.glance_add_image_member(ims.GlanceAddImageMemberRequest(image_id=image, body=add))
    request = ims.GlanceShowImageMemberRequest(image_id=image, member_id=PARTNER)
    return world.client.glance_show_image_member(request).status, 'rejected'


def kms_denied(world):
    image = world.imported()
    denied = refused(world.client.copy_image_in_region, world.copy(image, cmk_id='any'))[:2]
    plain = world.end(world.client.copy_image_in_region(world.copy(image)).job_id)
    return (denied, plain), ((400, 'IMG.0099'), SUCCESS)


def maintenance(world):
    body = ims.CreateImageRequestBody(name='ruled', image_url=FILE, min_disk=1)
    written = outcome(lambda: world.client.create_image(ims.CreateImageRequest(body=body)))
    return (written, outcome(world.images)), ('503', 'list')


def name_taken(world):
    return (world.refusal_of_create(), world.end(world.create())), ((400, 'IMG.0009'), SUCCESS)


def success_without_image(world):
    ended = world.end(world.create())
    return (ended, [image.status for image in world.images()]), (SUCCESS, ['killed'])


EFFECTS = [
    standard,
    instant,
    realistic,
    slow,
    import_fails,
    copy_fails,
    export_fails,
    stuck_job,
    quota_exhausted,
    quota_raised,
    throttled,
    flaky_network,
    brown_out,
    eventual_consistency,
    token_expiry,
    upload_unauthorized,
    member_rejects,
    kms_denied,
    maintenance,
    name_taken,
    success_without_image,
]


def play(cloud, folder):
    """Shows the effect of every scenario in the folder but those of other clouds: a stock Glance and Open Telekom Cloud."""
    names = {effect.__name__.replace('_', '-'): effect for effect in EFFECTS}
    check('every scenario is shown', sorted(names), sorted(set(folder) - {'glance-stock', 'otc'}))
    for name, effect in names.items():
        world = World.under(cloud, name, 'strict' if name == 'token-expiry' else 'lenient')
        found, meant = effect(world)
        check(f'python sees what {name} does', found, meant)
        # The keys of fixtures lead to the first world only as long as no other world knows them.
        control(cloud.endpoint, 'DELETE', f'/_ims/worlds/{world.name}', None)
