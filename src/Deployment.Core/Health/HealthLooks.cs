namespace Deployment.Health;

/// <summary>What the looks of one health check found so far.</summary>
internal sealed class HealthLooks
{
    private string? _previous;

    internal int Count { get; private set; }

    internal int Well { get; private set; }

    /// <summary>How many in a row, up to the last one, found all well.</summary>
    internal int Row { get; private set; }

    internal bool WasWell => Well > 0;

    internal string? LastFailure { get; private set; }

    /// <summary>Adds a look; true when it found something else than the one before.</summary>
    internal bool Add(string? wrong)
    {
        bool isNews = Count == 0 || wrong != _previous;
        Count++;
        _previous = wrong;
        if (wrong is null)
        {
            Well++;
            Row++;
        }
        else
        {
            Row = 0;
            LastFailure = wrong;
        }

        return isNews;
    }
}
