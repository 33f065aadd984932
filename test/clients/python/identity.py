"""What the SDKs ask the identity service before they come to images: projects, accounts, tokens, temporary access keys."""

import huaweicloudsdkiam.v3 as iam
import huaweicloudsdkims.v2 as ims
from checks import check, refused
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from huaweicloudsdkcore.region.region import Region
from refusals import LIST, NATIVE, NO_IMAGE, forbidden

REGION = 'cn-north-4'


def ask(cloud):
    projects_looked_up(cloud)
    tokens(cloud)
    temporary_keys(cloud)
    agency(cloud)


def client_in(cloud, user, region):
    """A client that is told no project: the SDK looks for the one of the region's name."""
    credentials = BasicCredentials(user['access_key'], user['secret_key']).with_iam_endpoint(cloud.endpoint)
    builder = ims.ImsClient.new_builder().with_credentials(credentials).with_region(Region(region, cloud.endpoint))
    return builder.build(), credentials


def identity_client(cloud, name):
    """A client that is told no account: the SDK looks for the one of the access key."""
    user = cloud.users[name]
    credentials = GlobalCredentials(user['access_key'], user['secret_key']).with_iam_endpoint(cloud.endpoint)
    return iam.IamClient.new_builder().with_credentials(credentials).with_region(Region(REGION, cloud.endpoint)).build()


def projects_looked_up(cloud):
    for name in ('demo', 'partner'):
        client, credentials = client_in(cloud, cloud.users[name], REGION)
        check(f'python finds the project of {name}', credentials.project_id, cloud.users[name]['project_id'])
        check(f'python calls in the project of {name}', len(client.list_images(LIST).images), 1)
    failure = failure_of(lambda: client_in(cloud, cloud.users['demo'], 'nowhere-1'))
    check('python finds no project of another region', failure[:46], "Failed to get project id of region 'nowhere-1'")
    listed = (
        identity_client(cloud, 'partner').keystone_list_auth_projects(iam.KeystoneListAuthProjectsRequest()).projects
    )
    check('python lists the projects of partner', [each.id for each in listed], [cloud.users['partner']['project_id']])


def failure_of(call):
    try:
        call()
    except SdkException as error:
        return error.error_msg
    return 'none'


def tokens(cloud):
    """The SDK cannot send a token: it gets one here, and has it looked at."""
    user, client = cloud.users['demo'], identity_client(cloud, 'demo')
    password = iam.PwdPassword(
        user=iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name='demo'), name='demo', password=user['password'])
    )
    auth = iam.PwdAuth(
        identity=iam.PwdIdentity(methods=['password'], password=password),
        scope=iam.AuthScope(project=iam.AuthScopeProject(id=user['project_id'])),
    )
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=auth)
    made = client.keystone_create_user_token_by_password(iam.KeystoneCreateUserTokenByPasswordRequest(body=body))
    check('python gets a token of the project', made.token.project.id, user['project_id'])
    seen = client.keystone_validate_token(iam.KeystoneValidateTokenRequest(x_subject_token=made.x_subject_token))
    check(
        'python has its token looked at',
        (seen.token.user.id, seen.token.expires_at),
        (user['id'], made.token.expires_at),
    )


def temporary_keys(cloud):
    project_id = cloud.users['demo']['project_id']
    identity = iam.TokenAuthIdentity(methods=['token'], token=iam.IdentityToken(duration_seconds=900))
    body = iam.CreateTemporaryAccessKeyByTokenRequestBody(auth=iam.TokenAuth(identity=identity))
    made = identity_client(cloud, 'demo').create_temporary_access_key_by_token(
        iam.CreateTemporaryAccessKeyByTokenRequest(body=body)
    )
    key = made.credential
    client = temporary(cloud, key, key.securitytoken, project_id)
    check('python calls with a temporary access key', len(client.list_images(LIST).images), 1)
    check(
        'python without the security token of its key is refused',
        refused(temporary(cloud, key, None, project_id).list_images, LIST),
        (401, 'APIGW.0301', f'Incorrect IAM authentication information: ak {key.access} not exist', True),
    )
    check(
        'python with another security token is refused',
        refused(temporary(cloud, key, 'another', project_id).list_images, LIST),
        (401, 'APIGW.0301', 'Incorrect IAM authentication information: verify securityToken fail', True),
    )


def temporary(cloud, key, security_token, project_id):
    return cloud.client_with(BasicCredentials(key.access, key.secret, project_id).with_security_token(security_token))


def agency(cloud):
    """The partner account may read images of the demo account through an agency."""
    assumed = iam.IdentityAssumerole(agency_name='partner_reads_images', domain_name='demo', duration_seconds=900)
    identity = iam.AgencyAuthIdentity(methods=['assume_role'], assume_role=assumed)
    body = iam.CreateTemporaryAccessKeyByAgencyRequestBody(auth=iam.AgencyAuth(identity=identity))
    made = identity_client(cloud, 'partner').create_temporary_access_key_by_agency(
        iam.CreateTemporaryAccessKeyByAgencyRequest(body=body)
    )
    key = made.credential
    client = temporary(cloud, key, key.securitytoken, cloud.users['demo']['project_id'])
    check('python lists through an agency', len(client.list_images(LIST).images), 1)
    deletion = ims.GlanceDeleteImageRequest(image_id=NO_IMAGE)
    forbidden('delete through an agency', client.glance_delete_image, deletion, 'ims:images:delete', NATIVE)
