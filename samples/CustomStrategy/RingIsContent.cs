using System.Globalization;
using Deployment.Health;
using Deployment.Providers.Local;

namespace CustomStrategy;

/// <summary>Judges a ring by what its users met: the answers that the router counted for the release.</summary>
internal sealed class RingIsContent(LocalTarget target) : Check("the ring is content", CheckKind.Smoke)
{
    private const int Least = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public override CheckDescription Describe(CheckSubject subject) => new([], $"at least {Least} requests of the ring were answered, and none with an error");

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        long begin = context.TimeProvider.GetTimestamp();
        while (true)
        {
            var counters = await target.Host.CountersAsync(target.Port, cancellationToken);
            (long requests, long errors) = counters.TryGetValue(context.Subject.Candidate, out RevisionCounters? counted) ? (counted.Requests, counted.Errors) : (0, 0);
            // A first deployment has no ring before everyone, and nobody came yet.
            if (requests >= Least || context.Subject.Baseline is null)
            {
                string evidence = string.Create(CultureInfo.InvariantCulture, $"{errors} of {requests} requests failed.");
                return errors == 0 ? Verdict.Pass(evidence) : Verdict.Fail(evidence);
            }

            if (context.TimeProvider.GetElapsedTime(begin) > Patience)
            {
                return Verdict.InsufficientData($"Only {requests} requests came within {Patience.TotalSeconds} s.");
            }

            await Task.Delay(Interval, context.TimeProvider, cancellationToken);
        }
    }
}
