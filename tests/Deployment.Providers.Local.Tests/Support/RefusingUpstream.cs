using System.Collections.Concurrent;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An HTTP/2 server that puts the first request back (REFUSED_STREAM) once it has seen some of it, and takes the others.</summary>
internal sealed class RefusingUpstream : Http2Upstream
{
    private static readonly byte[] Refused = [0, 0, 0, 7];

    private readonly ConcurrentQueue<string> _taken = new();
    private readonly ConcurrentDictionary<(Stream Connection, int Id), string> _bodies = new();
    // The number of its stream; zero before.
    private int _refused;

    /// <summary>Whether a request was put back.</summary>
    public bool HasPutBack => Volatile.Read(ref _refused) != 0;

    /// <summary>The bodies of the requests that were taken.</summary>
    public IReadOnlyCollection<string> Taken => _taken;

    protected override async Task ReceiveAsync(Stream connection, byte type, byte flags, int id, byte[] payload)
    {
        if (type is not (Headers or Data))
        {
            return;
        }

        string body = _bodies.GetValueOrDefault((connection, id)) + (type == Data ? Encoding.ASCII.GetString(payload) : "");
        _bodies[(connection, id)] = body;
        await ProgressAsync(connection, id, body, ended: (flags & EndStream) != 0);
    }

    private async Task ProgressAsync(Stream stream, int id, string body, bool ended)
    {
        if (id == _refused)
        {
            // What was on its way when it was put back.
            return;
        }

        if ((ended || body.Length > 0) && Interlocked.CompareExchange(ref _refused, id, 0) == 0)
        {
            await WriteAsync(stream, Reset, 0, id, Refused);
        }
        else if (ended)
        {
            _taken.Enqueue(body);
            await WriteAsync(stream, Headers, EndStream | EndHeaders, id, Fine);
        }
    }
}
