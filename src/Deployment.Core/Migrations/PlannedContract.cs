namespace Deployment.Migrations;

/// <summary>What a deployment leaves to be taken out of a schema by a run of its own, once its rollback window has closed and no older revision lives.</summary>
public sealed record PlannedContract
{
    /// <summary>The migrator's name.</summary>
    public required string Database { get; init; }

    /// <summary>In order.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>How long after the deployment's success.</summary>
    public required TimeSpan After { get; init; }

    /// <summary>The version that the deployment brings: older ones need what is taken away.</summary>
    public required string Version { get; init; }

    /// <summary>The targets where no older revision may live by then.</summary>
    public required IReadOnlyList<string> Targets { get; init; }
}
