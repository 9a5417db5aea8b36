using Deployment.Health;
using Deployment.Integration.Tests.Canaries;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Rolling;

/// <summary>Measures from outside, after each batch, what share the new version's slots come to; and finds it unwell once it has so many of them.</summary>
internal sealed class SlotMeter(Func<CountedLoad> load, LocalTargetSlots slots, int unwellFrom) : Check("slots", CheckKind.Smoke)
{
    private const int Requests = 600;

    internal List<(double Expected, double Measured)> Shares { get; } = [];

    public override CheckDescription Describe(CheckSubject subject) => new([], "It is measured.");

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        RevisionId candidate = context.Subject.Candidate;
        SlotTable seen = await slots(cancellationToken);
        int filled = seen.Of(candidate).Count;
        Shares.Add((100.0 * filled / seen.Count, await load().ShareAmongManyAsync(candidate.Version, Requests)));
        return filled < unwellFrom ? Verdict.Pass($"{Shares[^1]}") : Verdict.Fail($"{candidate} is unwell.");
    }
}
