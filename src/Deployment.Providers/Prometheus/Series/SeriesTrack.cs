namespace Deployment.Providers.Prometheus.Series;

/// <summary>What is known of one series since the last shift of traffic.</summary>
/// <param name="labels">Its labels.</param>
/// <param name="beganBefore">Whether it was there before that.</param>
internal sealed class SeriesTrack(SeriesLabels labels, bool beganBefore)
{
    private readonly List<RawPoint> _pending = [];

    internal SeriesLabels Labels { get; } = labels;

    /// <summary>Whether it was there before the last shift: then its first value says nothing of what came after.</summary>
    internal bool BeganBefore { get; private set; } = beganBefore;

    /// <summary>When it was first seen.</summary>
    internal long First { get; private set; } = long.MaxValue;

    /// <summary>When it was last seen.</summary>
    internal long Newest { get; private set; } = long.MinValue;

    /// <summary>Whether a batch was made without it: nobody waits for it until it is in one again.</summary>
    internal bool IsGone { get; set; }

    /// <summary>The value that its growth was last told up to; null when there is none yet.</summary>
    internal double? Held { get; set; }

    /// <summary>The oldest sample that is in no batch; null when there is none.</summary>
    internal RawPoint? Next => _pending.Count > 0 ? _pending[0] : null;

    /// <summary>Takes what is new, each sample once however often it is answered.</summary>
    /// <returns>A sample that is no number; null when all are.</returns>
    internal RawPoint? Add(IReadOnlyList<RawPoint> points, long since)
    {
        RawPoint? bad = null;
        foreach (RawPoint point in points.Where(point => point.Time > Newest))
        {
            First = Math.Min(First, point.Time);
            Newest = point.Time;
            BeganBefore |= point.Time <= since;
            if (point.Time < since)
            {
                continue;
            }

            if (!double.IsFinite(point.Value))
            {
                bad ??= point;
                continue;
            }

            _pending.Add(point);
        }

        return bad;
    }

    internal long? FirstAfter(long time)
    {
        foreach (RawPoint point in _pending)
        {
            if (point.Time > time)
            {
                return point.Time;
            }
        }

        return null;
    }

    /// <summary>The oldest sample that is in no batch, which it then is.</summary>
    internal RawPoint Take()
    {
        RawPoint point = _pending[0];
        _pending.RemoveAt(0);
        return point;
    }

    /// <summary>The last sample up to a moment, with all before it; null when there is none.</summary>
    internal RawPoint? TakeLast(long until)
    {
        RawPoint? last = null;
        while (Next is { } next && next.Time <= until)
        {
            last = Take();
        }

        return last;
    }
}
