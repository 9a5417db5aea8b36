using System.Collections.Immutable;
using System.Globalization;
using Deployment.Releases;

namespace Deployment.Health;

/// <summary>Looks again and again until a revision was found well several times in a row, or the time is over.</summary>
public sealed class HealthCheck : Check
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(10);
    private readonly HealthProbe _probe;
    private readonly HealthCheckOptions _options;

    /// <summary>Creates a health check. Later changes of the options don't matter to it.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    /// <exception cref="DeploymentValidationException">An option is out of its range; all that are, are named.</exception>
    public HealthCheck(string name, HealthProbe probe, HealthCheckOptions? options = null)
        : base(name, CheckKind.Health)
    {
        ArgumentNullException.ThrowIfNull(probe);
        _probe = probe;
        _options = options?.Copy() ?? new HealthCheckOptions();
        if (_options.Problems().ToList() is { Count: > 0 } problems)
        {
            throw new DeploymentValidationException($"health check '{Naming.Printable(name)}'", problems);
        }
    }

    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject)
    {
        CheckDescription look = _probe.Describe(subject, _options.Timeout);
        return look with
        {
            Expected = $"{look.Expected}, {_options.ConsecutiveSuccesses} times in a row with {HealthWording.Of(_options.Interval)} between, within {HealthWording.Of(_options.Deadline)}{(_options.InitialDelay > TimeSpan.Zero ? $", first looked at after {HealthWording.Of(_options.InitialDelay)}" : "")}",
        };
    }

    /// <inheritdoc/>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        TimeProvider clock = context.TimeProvider;
        long begin = clock.GetTimestamp();
        if (_options.InitialDelay > TimeSpan.Zero)
        {
            await clock.DelayAsync(_options.InitialDelay, cancellationToken);
        }

        var looks = new HealthLooks();
        TimeSpan pause = _firstPause;
        while (_options.Deadline - clock.GetElapsedTime(begin) is var left && left > TimeSpan.Zero)
        {
            string? wrong = await ProbeLook.TakeAsync(_probe, context, left < _options.Timeout ? left : _options.Timeout, cancellationToken);
            if (wrong is not null && looks.LastFailure is not null && clock.GetElapsedTime(begin) >= _options.Deadline)
            {
                // The deadline cut this look short. What the one before found says more.
                break;
            }

            if (looks.Add(wrong))
            {
                context.Report(wrong is null ? "It is well." : wrong);
            }

            if (looks.Row >= _options.ConsecutiveSuccesses)
            {
                break;
            }

            TimeSpan next = looks.WasWell || pause > _options.Interval ? _options.Interval : pause;
            pause = next * 2;
            left = _options.Deadline - clock.GetElapsedTime(begin);
            await clock.DelayAsync(next < left ? next : Max(left, TimeSpan.Zero), cancellationToken);
        }

        return Decide(context, looks, clock.GetElapsedTime(begin));
    }

    private Verdict Decide(CheckContext context, HealthLooks looks, TimeSpan elapsed)
    {
        bool isWell = looks.Row >= _options.ConsecutiveSuccesses;
        string candidate = context.Subject.Candidate.ToString();
        Verdict verdict = isWell
            ? Verdict.Pass($"{candidate} was well {looks.Row} times in a row, {HealthWording.Of(elapsed)} after the first look was due.")
            : Verdict.Fail($"{candidate} was not well {_options.ConsecutiveSuccesses} times in a row within {HealthWording.Of(_options.Deadline)}. {looks.LastFailure ?? $"It was well {looks.Row} times, and then the time was over."}");
        ImmutableSortedDictionary<string, string> evidence = ImmutableSortedDictionary<string, string>.Empty
            .Add("expected", Describe(context.Subject).Expected)
            .Add("looks", looks.Count.ToString(CultureInfo.InvariantCulture))
            .Add("looks that found it well", looks.Well.ToString(CultureInfo.InvariantCulture))
            .Add("time", HealthWording.Of(elapsed));
        return verdict with { Evidence = looks.LastFailure is { } last ? evidence.Add("last failure", last) : evidence };
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
