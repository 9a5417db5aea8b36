using Deployment.Releases;

namespace Deployment.Health;

/// <summary>Something that decides. The runbook names it; the pipeline knows what it does.</summary>
public abstract class Check
{
    /// <summary>Creates a check.</summary>
    /// <param name="name">What people call it, unique in a pipeline: 1 to 120 printable characters.</param>
    /// <param name="kind">What it decides.</param>
    /// <exception cref="DeploymentException">The name is empty, too long, or has a control character in it.</exception>
    protected Check(string name, CheckKind kind)
    {
        Name = Title.Check("check", name);
        Kind = kind;
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>What it decides.</summary>
    public CheckKind Kind { get; }

    /// <summary>What a person reads and types. Pure: it is called while planning.</summary>
    public abstract CheckDescription Describe(CheckSubject subject);

    /// <summary>Decides. An exception counts as a failure and is its evidence.</summary>
    public abstract Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken);
}
