namespace Deployment.Store;

/// <summary>Who drives a run.</summary>
/// <param name="Turn">How many times the run's lease was taken, counted from 1.</param>
/// <param name="Epoch">The fencing epoch. It grows with every lease taken in the store, whichever the run.</param>
/// <param name="Holder">The process that took it: a pipeline writes <c>PLACE:PROCESS:START</c>, as in <see cref="Commands.CommandProcess"/>.</param>
/// <param name="Beat">Grows with each renewal.</param>
/// <param name="Released">Whether the holder gave it back.</param>
public sealed record LeaseState(int Turn, long Epoch, string Holder, long Beat, bool Released)
{
    /// <summary>When the holder took or last renewed it, by the holder's own clock; null where the store doesn't keep it. For people: nothing is decided by it.</summary>
    public DateTimeOffset? BeatAt { get; init; }
}
