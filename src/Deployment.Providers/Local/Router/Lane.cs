using System.Collections.Immutable;

namespace Deployment.Providers.Local.Router;

/// <summary>A revision in the active table: its counters and its instances, taken in turn.</summary>
internal sealed class Lane(RevisionTraffic traffic, ImmutableArray<Uri> instances)
{
    private int _turns = -1;

    public RevisionTraffic Traffic { get; } = traffic;

    public int Instances => instances.Length;

    /// <summary>The turn of a request. Its other attempts count on from it, whatever other requests do meanwhile: so they meet each instance once.</summary>
    public int NextTurn() => Interlocked.Increment(ref _turns);

    /// <summary>The instance of an attempt.</summary>
    public Uri Instance(int turn, int attempt) => instances[(int)((uint)(turn + attempt) % (uint)instances.Length)];
}
