using System.Buffers;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>A connection to an instance, with what was read from it and not used yet.</summary>
internal sealed class InstanceConnection(Socket socket, TimeProvider timeProvider) : IDisposable
{
    private const int UsualSize = 16 * 1024;
    private const int LargestSize = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualSize);
    private int _start;
    private int _end;
    private long _deadline = long.MaxValue;
    private int _ended;

    public OutBuffer Out { get; } = new();

    /// <summary>Since when nobody uses it, as a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether the time for an answer was over.</summary>
    public bool TimedOut { get; private set; }

    public ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start, _end - _start);

    /// <summary>Whether the instance has neither closed it nor said anything unasked.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return _start == _end && Volatile.Read(ref _ended) == 0 && !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public void Consume(int count) => _start += count;

    /// <summary>Reads more; false when the instance has closed.</summary>
    /// <exception cref="BrokenAnswerException">What stands unread is as long as anything may be.</exception>
    public ValueTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _bytes.Length)
        {
            MakeRoom();
        }

        ValueTask<int> receiving = socket.ReceiveAsync(_bytes.AsMemory(_end), SocketFlags.None);
        return receiving.IsCompletedSuccessfully ? new(Filled(receiving.Result)) : AwaitAsync(receiving);

        async ValueTask<bool> AwaitAsync(ValueTask<int> pending) => Filled(await pending);
    }

    /// <summary>For a long body: larger pieces.</summary>
    public void Widen()
    {
        if (_start == _end && _bytes.Length < LargestSize)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(LargestSize);
            _start = _end = 0;
        }
    }

    /// <summary>Before it rests: idle connections hold little.</summary>
    public void Narrow()
    {
        if (_bytes.Length >= LargestSize)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(UsualSize);
            _start = _end = 0;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>No more will be sent; the instance may go on.</summary>
    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>From now on the connection is cut when this time is over; infinite for never.</summary>
    public void LimitTo(TimeSpan time) => Volatile.Write(
        ref _deadline, time == Timeout.InfiniteTimeSpan ? long.MaxValue : timeProvider.GetTimestamp() + (long)(time.TotalSeconds * timeProvider.TimestampFrequency));

    /// <summary>Asked again and again, so that no request needs a timer of its own.</summary>
    public void CutWhenLate(long now)
    {
        if (now > Volatile.Read(ref _deadline))
        {
            TimedOut = true;
            Abort();
        }
    }

    /// <summary>Ends whatever waits for it, on any thread.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            socket.Dispose();
        }
    }

    // Only its user disposes of it, when nothing waits for it any more; the buffers may go to others then.
    public void Dispose()
    {
        Abort();
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        _start = _end = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            Out.Dispose();
        }
    }

    private bool Filled(int read)
    {
        _end += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        byte[] room = _bytes;
        if (_start == 0)
        {
            if (_bytes.Length >= LargestSize)
            {
                throw new BrokenAnswerException("A line or a head of the answer is too long.");
            }

            room = ArrayPool<byte>.Shared.Rent(LargestSize);
        }

        Unread.Span.CopyTo(room);
        if (room != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = room;
        _end -= _start;
        _start = 0;
    }
}
