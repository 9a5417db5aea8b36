using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>How one revision answers copies, beside how the users were answered the same requests.</summary>
internal sealed class MirrorTally(string revision)
{
    private const int MostDifferences = 32;
    private const string Others = "others";

    private readonly ConcurrentDictionary<string, long> _differences = new(StringComparer.Ordinal);
    private readonly QuantileSketch _users = new();
    private readonly QuantileSketch _copies = new();
    private long _sent;
    private long _settled;
    private long _skipped;
    private long _compared;
    private long _otherStatus;
    private long _failed;

    public void Sent() => Interlocked.Increment(ref _sent);

    public void Skipped() => Interlocked.Increment(ref _skipped);

    /// <summary>The user got no whole answer, so there is nothing to compare with.</summary>
    public void Moot() => Interlocked.Increment(ref _settled);

    public void Settle(MirrorAnswer user, MirrorAnswer? copy)
    {
        if (copy is null)
        {
            Interlocked.Increment(ref _failed);
        }
        else
        {
            if (copy.Status != user.Status)
            {
                Interlocked.Increment(ref _otherStatus);
                string pair = string.Create(CultureInfo.InvariantCulture, $"{user.Status} -> {copy.Status}");
                _differences.AddOrUpdate(_differences.Count < MostDifferences || _differences.ContainsKey(pair) ? pair : Others, 1, static (_, count) => count + 1);
            }

            _users.Add(user.Latency);
            _copies.Add(copy.Latency);
            Interlocked.Increment(ref _compared);
        }

        Interlocked.Increment(ref _settled);
    }

    public MirrorTallyMetrics Metrics()
    {
        // Settled first: what is sent meanwhile is under way.
        long settled = Interlocked.Read(ref _settled);
        long sent = Interlocked.Read(ref _sent);
        return new MirrorTallyMetrics(
            revision,
            sent,
            sent - settled,
            Interlocked.Read(ref _skipped),
            Interlocked.Read(ref _compared),
            Interlocked.Read(ref _otherStatus),
            Interlocked.Read(ref _failed),
            _differences.ToImmutableSortedDictionary(StringComparer.Ordinal),
            _users.Quantile(0.95).TotalSeconds,
            _copies.Quantile(0.95).TotalSeconds);
    }
}
