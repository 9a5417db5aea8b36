using Deployment.Execution;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>Asks the sources of rules that decide whether they can be asked, before anything is changed: no user must meet a release that nobody can watch.</summary>
internal sealed class SourcesCheck(string name, string environment, MonitorDefinition monitor) : Check(name, CheckKind.Analysis)
{
    /// <summary>What is done when one can't be asked: users who wait for a hotfix get it with what can be watched.</summary>
    internal FailureAction OnFailure(bool isHotfix) =>
        isHotfix ? FailureAction.Note : monitor.Options.OnMissingData == MissingDataAction.RollBack ? FailureAction.RollBack : FailureAction.Investigate;

    internal bool IsNeeded(CheckSubject subject) => Of(subject).Length > 0;

    public override CheckDescription Describe(CheckSubject subject) => new([], $"{string.Join(", ", Of(subject).Select(source => Naming.Printable(source.Name)))} can be asked.");

    /// <summary>As a watch does, it asks again before it gives up.</summary>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        IMetricSource[] sources = Of(context.Subject);
        DateTimeOffset begin = context.TimeProvider.GetUtcNow();
        for (int tries = 1; ; tries++)
        {
            string[] silent = [.. (await Task.WhenAll(sources.Select(source => ProbeAsync(source, context.TimeProvider, cancellationToken)))).OfType<string>()];
            if (silent.Length == 0)
            {
                return Verdict.Pass($"{string.Join(", ", sources.Select(source => Naming.Printable(source.Name)))} answered.");
            }

            bool waits = monitor.Options.OnMissingData == MissingDataAction.Wait && context.TimeProvider.GetUtcNow() - begin < monitor.Options.LongestWait;
            if (tries >= monitor.Options.MaxSourceErrors && !waits)
            {
                return Verdict.Fail($"{string.Join(" ", silent)} The release could not be watched.");
            }

            await context.TimeProvider.DelayAsync(monitor.Options.Interval, cancellationToken);
        }
    }

    /// <summary>A target tells by itself that it can't be reached; and what is only noted stops nobody.</summary>
    private IMetricSource[] Of(CheckSubject subject)
    {
        var candidate = new MetricSubject(environment, subject.Target, subject.Candidate);
        return
        [
            .. monitor.Rules.Where(rule => rule.Action != FailureAction.Note)
                .SelectMany(rule => rule.Rule.Judge.Metrics)
                .Select(metric => monitor.SourceOf(metric, candidate, null))
                .OfType<IMetricSource>()
                .Distinct(),
        ];
    }

    /// <summary>Null when it can be asked.</summary>
    private async Task<string?> ProbeAsync(IMetricSource source, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(monitor.Options.ReadTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await new Patience(time, Patience.Least).RunAsync(
                async () =>
                {
                    await source.ProbeAsync(stop.Token);
                    return true;
                },
                stop.Token);
            return null;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return $"{Naming.Printable(source.Name)} did not say within {Duration.Of(monitor.Options.ReadTimeout)} whether it can be asked.";
        }
        catch (Exception error)
        {
            return $"{Naming.Printable(source.Name)} can't be asked: {(error is DeploymentException ? error.Message : HealthWording.Of(error)).TrimEnd('.')}.";
        }
    }
}
