using System.Buffers.Binary;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>An HTTP/2 server of bare frames, for what no real one does at will.</summary>
internal abstract class Http2Upstream : IAsyncDisposable
{
    protected const byte Data = 0;
    protected const byte Headers = 1;
    protected const byte Reset = 3;
    protected const byte EndStream = 1;
    protected const byte EndHeaders = 4;

    private const int Preface = 24;
    private const int FrameHead = 9;
    private const byte Settings = 4;
    private const byte Acknowledged = 1;

    private readonly RawUpstream _upstream;

    protected Http2Upstream() => _upstream = new RawUpstream(ServeAsync);

    public int Port => _upstream.Port;

    /// <summary>The entry of HPACK's static table for ":status: 200".</summary>
    protected static byte[] Fine { get; } = [0x88];

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    /// <summary>A frame of a stream.</summary>
    protected abstract Task ReceiveAsync(Stream connection, byte type, byte flags, int id, byte[] payload);

    protected static async Task WriteAsync(Stream stream, byte type, byte flags, int id, byte[] payload)
    {
        byte[] frame = new byte[FrameHead + payload.Length];
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, FrameHead);
        await stream.WriteAsync(frame);
    }

    private async Task ServeAsync(RawConnection connection)
    {
        Stream stream = connection.Stream;
        await stream.ReadExactlyAsync(new byte[Preface]);
        await WriteAsync(stream, Settings, 0, 0, []);
        byte[] head = new byte[FrameHead];
        while (await stream.ReadAtLeastAsync(head, FrameHead, throwOnEndOfStream: false) == FrameHead)
        {
            byte[] payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload);
            int id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
            if (head[3] == Settings && (head[4] & Acknowledged) == 0)
            {
                await WriteAsync(stream, Settings, Acknowledged, 0, []);
            }
            else if (id != 0)
            {
                await ReceiveAsync(stream, head[3], head[4], id, payload);
            }
        }
    }
}
