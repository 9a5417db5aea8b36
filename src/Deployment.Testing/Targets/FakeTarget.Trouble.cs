using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What a test lets go wrong with it, or take its time.</summary>
public sealed partial class FakeTarget
{
    /// <summary>Called before each effect takes place; it may throw or wait.</summary>
    public Func<FakeEffect, CancellationToken, Task>? Before { get; set; }

    /// <summary>Called after each effect took place; when it throws, the effect happened all the same.</summary>
    public Func<FakeEffect, CancellationToken, Task>? After { get; set; }

    /// <summary>What makes a deployment here impossible, as its observation says.</summary>
    public IReadOnlyList<string> Problems { get; set; } = [];

    /// <summary>What it says that a release would change; it may throw. Default nothing.</summary>
    public Func<Release, TargetChanges> Changes { get; set; } = _ => new TargetChanges("", []);

    /// <summary>For each application, the highest epoch that its observation tells of (<see cref="Observation.Epochs"/>); empty as long as nothing is said.</summary>
    public IReadOnlyDictionary<string, long> Epochs { get; set; } = new Dictionary<string, long>();

    /// <summary>Fails the effect with this number before it takes place.</summary>
    public void FailAt(int number, string message = "The fake was told to fail.") => Hook(effect => effect.Number == number, _ => throw new DeploymentException(message));

    /// <summary>Fails each effect of a verb before it takes place.</summary>
    public void FailOn(string verb, string message = "The fake was told to fail.") => Hook(effect => effect.Verb == verb, _ => throw new DeploymentException(message));

    /// <summary>Lets the effect with this number take a while.</summary>
    public void DelayAt(int number, TimeSpan delay, TimeProvider time) => Hook(effect => effect.Number == number, cancellationToken => Task.Delay(delay, time, cancellationToken));

    internal Task BeforeAsync(FakeEffect effect, CancellationToken cancellationToken) => Before?.Invoke(effect, cancellationToken) ?? Task.CompletedTask;

    internal Task AfterAsync(FakeEffect effect, CancellationToken cancellationToken) => After?.Invoke(effect, cancellationToken) ?? Task.CompletedTask;

    private void Hook(Func<FakeEffect, bool> applies, Func<CancellationToken, Task> then)
    {
        Func<FakeEffect, CancellationToken, Task>? before = Before;
        Before = async (effect, cancellationToken) =>
        {
            if (before is not null)
            {
                await before(effect, cancellationToken);
            }

            if (applies(effect))
            {
                await then(cancellationToken);
            }
        };
    }
}
