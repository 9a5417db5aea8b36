using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Runs and verifies an effect, each attempt within its time-out, and looks before it tries again.</summary>
internal sealed class EffectAttempts(ActiveRun run)
{
    private readonly StepPipelines _pipelines = new(run.Time, run.Services.Random);
    private readonly Patience _patience = new(run.Time, run.Options.AbortGrace + Patience.Least);

    /// <summary>Null when the step did what it says; else what is wrong.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tookEffect">Whether it is known to have taken effect, and only remains to be verified.</param>
    /// <param name="evidence">Gets what the last attempt rests on.</param>
    /// <param name="interrupt">Ends it after its grace.</param>
    /// <exception cref="LeftBehindException">It was told to stop and goes on.</exception>
    internal async Task<string?> RunAsync(EffectStep step, bool tookEffect, ConcurrentDictionary<string, string> evidence, CancellationToken interrupt)
    {
        Verb verb = run.Services.Targets.Verb(step.Operation);
        string? problem = null;
        using var grace = new EffectGrace(run, interrupt);
        await _pipelines.ExecuteAsync(
            step,
            async cancellationToken =>
            {
                using EffectCommands commands = CommandsOf(step);
                evidence.Clear();
                EffectContext context = ContextOf(step, commands, evidence);
                problem = await _patience.RunAsync(
                    () => tookEffect ? verb.VerifyAsync(step.Operation.Arguments, context, cancellationToken) : RunAndVerifyAsync(verb, step, context, cancellationToken),
                    cancellationToken);
            },
            async (attempt, error) =>
            {
                await run.Journal.AppendAsync(JournalEntryKind.StepRetried, step.Id, error.Message, new Dictionary<string, string> { [Detail.Attempt] = attempt.ToString(CultureInfo.InvariantCulture) });
                tookEffect = step.Repeatability == Repeatability.Probeable && await TookEffectAsync(step, error, grace.Token);
            },
            grace.Token);
        return problem is null ? null : $"It ran, but was not verified: {problem}";
    }

    /// <summary>Looks whether the effect took place. A probe that fails tells nothing: a person decides, as when it can't tell.</summary>
    internal async Task<ProbeResult> ProbeAsync(EffectStep step, CancellationToken interrupt)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt, run.Lease.Lost);
        await using ITimer limit = run.Time.CreateTimer(static over => ((CancellationTokenSource)over!).Cancel(), over, step.Retry.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            using EffectCommands commands = CommandsOf(step);
            EffectContext context = ContextOf(step, commands, []);
            return await _patience.RunAsync(() => run.Services.Targets.Verb(step.Operation).ProbeAsync(step.Operation.Arguments, context, over.Token), over.Token);
        }
        catch (Exception error) when (!run.IsFatal())
        {
            run.Report(step.Id, $"Looking whether it took effect failed: {error.Message}");
            return ProbeResult.Unknown;
        }
    }

    private static async Task<string?> RunAndVerifyAsync(Verb verb, EffectStep step, EffectContext context, CancellationToken cancellationToken)
    {
        await verb.RunAsync(step.Operation.Arguments, context, cancellationToken);
        return await verb.VerifyAsync(step.Operation.Arguments, context, cancellationToken);
    }

    /// <summary>Before another attempt. What can't be told is never done twice.</summary>
    private async Task<bool> TookEffectAsync(EffectStep step, Exception error, CancellationToken interrupt) => await ProbeAsync(step, interrupt) switch
    {
        ProbeResult.TookEffect => true,
        ProbeResult.DidNotTakeEffect => false,
        _ => throw new DeploymentException($"{error.Message} It is not known whether it took effect, so it was not tried again.", error),
    };

    private EffectCommands CommandsOf(EffectStep step) => new(new JournalingCommandRunner(run, step.Id), step.Id);

    private EffectContext ContextOf(EffectStep step, EffectCommands commands, ConcurrentDictionary<string, string> evidence) => new(
        run.Record.Id,
        step.Id,
        run.Lease.Epoch,
        commands,
        run.Services.Secrets,
        run.Time,
        text => run.Report(step.Id, text)) { Evidence = evidence };
}
