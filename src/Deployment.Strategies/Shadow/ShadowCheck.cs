using Deployment.Health;
using Deployment.Targets;

namespace Deployment.Strategies.Shadow;

/// <summary>Judges how the candidate answered copies of the users' requests.</summary>
internal sealed class ShadowCheck(ShadowOptions options) : Check("copies answered as users are", CheckKind.Smoke)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>A copy that is not answered is given up on before that.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    public override CheckDescription Describe(CheckSubject subject) => new([], ShadowVerdict.Expected(options));

    /// <summary>What was under way at the first look counts, too: a release that hangs would otherwise be judged by what it answers quickly.</summary>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Capability<IMirrorTraffic>() is not { } router)
        {
            return Verdict.InsufficientData($"{context.Subject.Target} can't send copies of requests in the state that was seen when the run was begun or resumed.");
        }

        long begin = context.TimeProvider.GetTimestamp();
        MirrorComparison? seen = await router.CompareAsync(context.Subject.Candidate, cancellationToken);
        long sent = seen?.Sent ?? 0;
        while (seen is not null && seen.Sent - seen.UnderWay < sent && context.TimeProvider.GetElapsedTime(begin) < Settle)
        {
            await Task.Delay(Look, context.TimeProvider, cancellationToken);
            seen = await router.CompareAsync(context.Subject.Candidate, cancellationToken);
        }

        return ShadowVerdict.Of(context.Subject, seen, options);
    }
}
