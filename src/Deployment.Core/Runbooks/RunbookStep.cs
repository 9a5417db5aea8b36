namespace Deployment.Runbooks;

/// <summary>A leaf of the runbook's tree.</summary>
public abstract record RunbookStep : RunbookNode
{
    private protected RunbookStep()
    {
    }

    /// <summary>What people call it.</summary>
    public required string Title { get; init; }

    /// <summary>The part of the deployment that it belongs to.</summary>
    public required Phase Phase { get; init; }
}
