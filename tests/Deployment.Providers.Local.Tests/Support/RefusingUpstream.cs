using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An HTTP/2 server that puts the first request back (REFUSED_STREAM) once it has seen some of it, and takes the others.</summary>
internal sealed class RefusingUpstream : IAsyncDisposable
{
    private const int Preface = 24;
    private const int FrameHead = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Acknowledged = 1;

    // The entry of HPACK's static table for ":status: 200".
    private static readonly byte[] Fine = [0x88];
    private static readonly byte[] Refused = [0, 0, 0, 7];

    private readonly ConcurrentQueue<string> _taken = new();
    private readonly RawUpstream _upstream;
    // The number of its stream; zero before.
    private int _refused;

    public RefusingUpstream() => _upstream = new RawUpstream(ServeAsync);

    public int Port => _upstream.Port;

    /// <summary>Whether a request was put back.</summary>
    public bool HasPutBack => Volatile.Read(ref _refused) != 0;

    /// <summary>The bodies of the requests that were taken.</summary>
    public IReadOnlyCollection<string> Taken => _taken;

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    private async Task ServeAsync(RawConnection connection)
    {
        Stream stream = connection.Stream;
        await stream.ReadExactlyAsync(new byte[Preface]);
        await WriteAsync(stream, Settings, 0, 0, []);
        var bodies = new Dictionary<int, string>();
        byte[] head = new byte[FrameHead];
        while (await stream.ReadAtLeastAsync(head, FrameHead, throwOnEndOfStream: false) == FrameHead)
        {
            byte[] payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload);
            int id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
            switch (head[3])
            {
                case Settings when (head[4] & Acknowledged) == 0:
                    await WriteAsync(stream, Settings, Acknowledged, 0, []);
                    break;
                case Headers or Data:
                    bodies[id] = bodies.GetValueOrDefault(id) + (head[3] == Data ? Encoding.ASCII.GetString(payload) : "");
                    await ProgressAsync(stream, id, bodies[id], ended: (head[4] & EndStream) != 0);
                    break;
            }
        }
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

    private static async Task WriteAsync(Stream stream, byte type, byte flags, int id, byte[] payload)
    {
        byte[] frame = new byte[FrameHead + payload.Length];
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, FrameHead);
        await stream.WriteAsync(frame);
    }
}
