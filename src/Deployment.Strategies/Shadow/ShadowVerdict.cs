using System.Collections.Immutable;
using System.Globalization;
using Deployment.Health;
using Deployment.Targets;

namespace Deployment.Strategies.Shadow;

/// <summary>What a comparison says about a release. Pure.</summary>
internal static class ShadowVerdict
{
    internal static string Expected(ShadowOptions options)
    {
        string latency = options.MaxSlowdown is { } slowdown
            ? $"; and 95% of the copies' answers begin within {Text(slowdown)} times the time of the users', or at most {Text(options.SlowdownTolerance)} later"
            : "; latency is shown and not judged";
        return $"At least {Text(options.MinimumRequests)} copies were answered or given up on; at most {Text(options.MaxDifferentPercent)}% of them with another status than the user's, or not at all{latency}.";
    }

    internal static Verdict Of(CheckSubject subject, MirrorComparison? seen, ShadowOptions options)
    {
        if (seen is null)
        {
            return Verdict.InsufficientData($"Nobody can tell how {subject.Candidate} answered copies on {subject.Target}: none are sent to it, or the router doesn't answer.");
        }

        return Decide(subject, seen, options) with { Evidence = Evidence(seen, options) };
    }

    private static Verdict Decide(CheckSubject subject, MirrorComparison seen, ShadowOptions options)
    {
        string candidate = subject.Candidate.ToString();
        long judged = seen.Compared + seen.Failed;
        if (judged < options.MinimumRequests)
        {
            return Verdict.InsufficientData($"Only {Text(judged)} copies were answered by {candidate} or given up on; {Text(options.MinimumRequests)} are needed.");
        }

        if (Differing(seen) > options.MaxDifferentPercent)
        {
            return Verdict.Fail($"{candidate} answered {Text(Differing(seen))}% of {Text(judged)} copies with another status than the user's ({Text(seen.OtherStatus)}) or not at all ({Text(seen.Failed)}); at most {Text(options.MaxDifferentPercent)}% may differ.");
        }

        if (options.MaxSlowdown is { } slowdown)
        {
            if (seen.Compared == 0)
            {
                return Verdict.InsufficientData($"{candidate} answered no copy, so nothing is known of its latency.");
            }

            if (seen.CopyLatency > seen.UserLatency * slowdown && seen.CopyLatency > seen.UserLatency + options.SlowdownTolerance)
            {
                return Verdict.Fail($"{candidate} begins to answer 95% of the copies within {Text(seen.CopyLatency)}; users wait {Text(seen.UserLatency)} for the same requests. At most {Text(slowdown)} times as long is well, or {Text(options.SlowdownTolerance)} longer.");
            }
        }

        return Verdict.Pass($"{candidate} answered {Text(seen.Compared)} copies, {Text(100 - Differing(seen))}% of them as users were answered; 95% of its answers began within {Text(seen.CopyLatency)}, and those of the users within {Text(seen.UserLatency)}.");
    }

    private static double Differing(MirrorComparison seen) => seen.Compared + seen.Failed is > 0 and var judged ? 100.0 * (seen.OtherStatus + seen.Failed) / judged : 0;

    private static ImmutableSortedDictionary<string, string> Evidence(MirrorComparison seen, ShadowOptions options) => ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create("copies sent", Text(seen.Sent)),
            KeyValuePair.Create("copies under way", Text(seen.UnderWay)),
            KeyValuePair.Create("requests not copied", Text(seen.Skipped)),
            KeyValuePair.Create("compared", Text(seen.Compared)),
            KeyValuePair.Create("with another status", Text(seen.OtherStatus)),
            KeyValuePair.Create("not answered", Text(seen.Failed)),
            KeyValuePair.Create("differing", $"{Text(Differing(seen))}%"),
            KeyValuePair.Create("latency of copies (95%)", Text(seen.CopyLatency)),
            KeyValuePair.Create("latency of users (95%)", Text(seen.UserLatency)),
            KeyValuePair.Create("expected", Expected(options)),
            .. seen.Differences.Select(pair => KeyValuePair.Create($"status {pair.Key}", Text(pair.Value))),
        ]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");
}
