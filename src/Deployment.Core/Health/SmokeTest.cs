using System.Collections.Immutable;
using System.Globalization;
using Deployment.Releases;

namespace Deployment.Health;

/// <summary>Tries once, or a few times, whether a revision does what users need.</summary>
public sealed class SmokeTest : Check
{
    private readonly HealthProbe _probe;
    private readonly SmokeTestOptions _options;

    /// <summary>Creates a smoke test. Later changes of the options don't matter to it.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    /// <exception cref="DeploymentValidationException">An option is out of its range; all that are, are named.</exception>
    public SmokeTest(string name, HealthProbe probe, SmokeTestOptions? options = null)
        : base(name, CheckKind.Smoke)
    {
        ArgumentNullException.ThrowIfNull(probe);
        _probe = probe;
        _options = options?.Copy() ?? new SmokeTestOptions();
        if (_options.Problems().ToList() is { Count: > 0 } problems)
        {
            throw new DeploymentValidationException($"smoke test '{Naming.Printable(name)}'", problems);
        }
    }

    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject)
    {
        CheckDescription look = _probe.Describe(subject, _options.Timeout);
        string attempts = _options.Attempts == 1 ? "" : $", in one of {_options.Attempts} attempts with {HealthWording.Of(_options.Interval)} between";
        return look with { Expected = $"{look.Expected}, within {HealthWording.Of(_options.Timeout)}{attempts}" };
    }

    /// <inheritdoc/>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        long begin = context.TimeProvider.GetTimestamp();
        int attempt = 1;
        string? wrong = await ProbeLook.TakeAsync(_probe, context, _options.Timeout, cancellationToken);
        string? lastFailure = wrong;
        while (wrong is not null && attempt < _options.Attempts)
        {
            context.Report(wrong);
            await context.TimeProvider.DelayAsync(_options.Interval, cancellationToken);
            attempt++;
            wrong = await ProbeLook.TakeAsync(_probe, context, _options.Timeout, cancellationToken);
            lastFailure = wrong ?? lastFailure;
        }

        // Whoever shows a verdict names the check.
        Verdict verdict = wrong is null
            ? Verdict.Pass(attempt == 1 ? "It passed at the first attempt." : $"It passed at attempt {attempt} of {_options.Attempts}.")
            : Verdict.Fail(attempt == 1 ? wrong : $"None of {attempt} attempts passed. {wrong}");
        ImmutableSortedDictionary<string, string> evidence = ImmutableSortedDictionary<string, string>.Empty
            .Add("attempts", attempt.ToString(CultureInfo.InvariantCulture))
            .Add("expected", Describe(context.Subject).Expected)
            .Add("time", HealthWording.Of(context.TimeProvider.GetElapsedTime(begin)));
        return verdict with { Evidence = lastFailure is null ? evidence : evidence.Add("last failure", lastFailure) };
    }
}
