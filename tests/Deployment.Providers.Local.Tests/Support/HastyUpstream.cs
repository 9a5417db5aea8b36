using System.Collections.Concurrent;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An HTTP/2 server that answers each request as soon as it has seen its head, and says nothing of what comes of it afterwards.</summary>
internal sealed class HastyUpstream : Http2Upstream
{
    private readonly ConcurrentQueue<string> _bodies = new();

    /// <summary>All that came of bodies.</summary>
    public string Bodies => string.Concat(_bodies);

    protected override async Task ReceiveAsync(Stream connection, byte type, byte flags, int id, byte[] payload)
    {
        if (type == Data)
        {
            _bodies.Enqueue(Encoding.ASCII.GetString(payload));
        }
        else if (type == Headers)
        {
            await WriteAsync(connection, Headers, EndStream | EndHeaders, id, Fine);
        }
    }
}
