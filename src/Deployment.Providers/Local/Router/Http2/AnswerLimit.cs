using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router.Http2;

/// <summary>Ends a request whose connection or whose answer comes too late.</summary>
internal sealed class AnswerLimit : IDisposable
{
    private readonly UpstreamSettings _settings;
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _either;
    private int _answered;

    public AnswerLimit(UpstreamSettings settings, TimeProvider timeProvider, CancellationToken clientLeft)
    {
        _settings = settings;
        _late = new CancellationTokenSource(TimeSpan.FromSeconds(settings.ConnectSeconds), timeProvider);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, clientLeft);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }

    /// <summary>The request is on a connection, and the client may take its time with the rest of it.</summary>
    public void WaitsForClient() => Set(Timeout.InfiniteTimeSpan);

    /// <summary>The instance is to take what was sent, or to answer.</summary>
    public void WaitsForInstance() => Set(_settings.ResponseSeconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(_settings.ResponseSeconds));

    /// <summary>The answer has begun, and may take its time.</summary>
    public void Answered()
    {
        Volatile.Write(ref _answered, 1);
        _late.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    private void Set(TimeSpan limit)
    {
        if (Volatile.Read(ref _answered) == 0)
        {
            _late.CancelAfter(limit);
            if (Volatile.Read(ref _answered) == 1)
            {
                _late.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }
}
