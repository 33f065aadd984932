"""Drives a strict world with the vendor's MCP server for the image service, which a client of that protocol starts and asks.

usage: mcp_client.py ENDPOINT

The server asks only hosts of the cloud, by HTTPS; a copy of its definition has the address of the emulator instead. Prints a
line for each check and ends with 1 at the first that fails.
"""

import asyncio
import importlib.util
import json
import os
import pathlib
import shutil
import sys
import tempfile

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

BASE = sys.argv[1]
PROJECT = '0605767a9500d5ed2fb3c00a8e3a0d4c'
START = 'import asyncio, os, pathlib; from assets.utils import run_server; asyncio.run(run_server(pathlib.Path(os.environ["IMS_DEFINITION"])))'


def check(what, found, meant=True):
    if found != meant:
        sys.exit(f'not ok {what}: found {found!r}, meant {meant!r}')
    print(f'ok {what}')


def definition_for(folder):
    """Copies the definition of the image service, and points it at the emulator."""
    package = importlib.util.find_spec('huaweicloud_services_server')
    source = pathlib.Path(package.submodule_search_locations[0]) / 'mcp_server_ims/src/mcp_server_ims/config'
    shutil.copytree(source, folder, dirs_exist_ok=True)
    file = folder / 'ims.json'
    definition = json.loads(file.read_text(encoding='utf-8'))
    definition['info']['x-host'] = BASE
    file.write_text(json.dumps(definition, ensure_ascii=False), encoding='utf-8')
    return folder / 'config.yaml'


async def drive(config):
    environment = {
        **os.environ,
        'IMS_DEFINITION': str(config),
        'MCP_SERVER_MODE': 'stdio',
        'HUAWEI_ACCESS_KEY': 'DEMOACCESSKEY0000001',
        'HUAWEI_SECRET_KEY': 'demo-secret-key-for-the-emulator-only-01',
        'HUAWEI_PROJECT_ID': PROJECT,
    }
    server = StdioServerParameters(command=sys.executable, args=['-c', START], env=environment)
    async with stdio_client(server, errlog=open(os.devnull, 'w')) as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = [tool.name for tool in (await session.list_tools()).tools]
        check('the MCP server has a tool for each call', 'ListImages' in tools and 'CreateImage' in tools)

        async def ask(tool, **arguments):
            answer = await session.call_tool(tool, arguments)
            text = answer.content[0].text
            return (text, None) if answer.isError else (None, json.loads(text))

        _, listed = await ask('ListImages', __imagetype='gold', limit=1)
        check('the MCP server lists images', [image['status'] for image in listed['images']], ['active'])
        _, quota = await ask('ShowImageQuota')
        check('the MCP server shows quotas', quota['quotas']['resources'][0]['type'], 'image')
        _, made = await ask('CreateImage', name='imported', image_url='images:tiny-v3.qcow2', min_disk=1)
        _, job = await ask('ShowJob', project_id=PROJECT, job_id=made['job_id'])
        check('the MCP server imports a disk', job['status'], 'SUCCESS')
        refused, _ = await ask('CreateImage', name='imported', image_url='images:none.qcow2', min_disk=1)
        check('the MCP server passes on a refusal', refused is not None)


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(drive(definition_for(pathlib.Path(folder))))
