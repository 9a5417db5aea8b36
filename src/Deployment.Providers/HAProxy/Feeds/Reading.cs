namespace Deployment.Providers.HAProxy.Feeds;

/// <summary>What HAProxy had counted of a lane at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Counted">Of which process and which use of which lane it is: numbers of others say nothing of these.</param>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Answered">Requests that were answered.</param>
/// <param name="Failed">Those with 500 to 599.</param>
/// <param name="Latencies">How many answers each bucket has.</param>
internal sealed record Reading(DateTimeOffset At, string Counted, long InFlight, long Answered, long Failed, double[] Latencies)
{
    /// <summary>Whether counting went on since an earlier reading.</summary>
    public bool GoesOn(Reading before) => Counted == before.Counted && Answered >= before.Answered && Failed >= before.Failed
        && Latencies.Zip(before.Latencies).All(pair => pair.First >= pair.Second);
}
