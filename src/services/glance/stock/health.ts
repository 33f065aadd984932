import type { Answer } from '../../../contract/operation.ts'
import { preferredForm } from '../operations/accept.ts'

const PAGE = `<HTML>
<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
<BODY>

<H2>Result of 1 checks:</H2>
<TABLE bgcolor="#ffffff" border="1">
<TBODY>
<TR>

<TH>
Reason
</TH>
</TR>
<TR>

    <TD>OK</TD>

</TR>
</TBODY>
</TABLE>
<HR></HR>

</BODY>
</HTML>`

/** What the health check of OpenStack's servers says of a server that is well. */
export function healthAnswer(method: string, accept: string): Answer {
  if (method === 'HEAD') return { status: 204 }
  const form = preferredForm(accept, ['plain', 'html', 'json'])
  if (form === 'json') {
    const body = JSON.stringify({ detailed: false, reasons: ['OK'] }, null, 4)
    return { status: 200, body, headers: { 'Content-Type': 'application/json' } }
  }
  if (form === 'html')
    return { status: 200, body: PAGE, headers: { 'Content-Type': 'text/html; charset=UTF-8' } }
  return { status: 200, body: 'OK', headers: { 'Content-Type': 'text/plain; charset=UTF-8' } }
}
