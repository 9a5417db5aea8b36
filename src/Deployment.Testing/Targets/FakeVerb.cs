using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A verb of a fake target: three pure functions on its state, and the hooks around them.</summary>
internal sealed class FakeVerb(
    string name,
    Repeatability repeatability,
    FakeTarget target,
    Func<FakeArguments, string> text,
    Action<FakeArguments> apply,
    Func<FakeArguments, bool> isDone) : Verb<FakeArguments>(name, repeatability, FakeJson.Default.FakeArguments)
{
    /// <summary>The first half of an effect that has two.</summary>
    internal Action<FakeArguments>? Begin { get; init; }

    protected override VerbDescription Describe(FakeArguments arguments) => new(
        [$"fakectl {target.Name} {Name} {text(arguments)}"],
        $"{target.Name} has done: {Name} {text(arguments)}.",
        "The target itself says so.")
    {
        VerificationCommands = [$"fakectl {target.Name} status"],
    };

    protected override async Task RunAsync(FakeArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        FakeEffect effect = target.Begin(Name, $"{Name} {text(arguments)}", context.Epoch);
        await target.BeforeAsync(effect, cancellationToken);
        if (Begin is not null)
        {
            Begin(arguments);
            await target.HalfwayAsync(effect, cancellationToken);
        }

        apply(arguments);
        target.Done(effect);
        await target.AfterAsync(effect, cancellationToken);
    }

    protected override Task<ProbeResult> ProbeAsync(FakeArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(isDone(arguments) ? ProbeResult.TookEffect : ProbeResult.DidNotTakeEffect);

    protected override Task<string?> VerifyAsync(FakeArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(isDone(arguments) ? null : $"{target.Name} has not done: {Name} {text(arguments)}.");
}
