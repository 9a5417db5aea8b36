using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>What stands in for a database before it is changed: a backup that is made, or one that others make and that is proven to be there.</summary>
public interface IDatabaseBackup
{
    /// <summary>How long it may take: 10 ms to 24 h.</summary>
    TimeSpan Timeout { get; }

    /// <summary>What a person needs for the commands. Part of the plan, so the same each time.</summary>
    IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>What a person reads and types. Pure: it is called while planning, and a run whose plan says something else is refused.</summary>
    /// <param name="database">The migrator's name.</param>
    VerbDescription Describe(string database);

    /// <summary>Makes the backup, or finds it, and proves it. What it rests on is recorded (<see cref="EffectContext.Record"/>). It may be asked again after it was broken off.</summary>
    /// <exception cref="DeploymentException">There is none that could be gone back to; the message says why and what to do. Nothing is changed then.</exception>
    Task SecureAsync(string database, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Takes away what <see cref="SecureAsync"/> needs besides and left behind when it failed, or when its process died. A whole backup stays.</summary>
    Task CleanUpAsync(string database, EffectContext context, CancellationToken cancellationToken);
}
