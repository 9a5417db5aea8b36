namespace Deployment.Sql;

/// <summary>How bad it is that a script does what a rule finds.</summary>
public enum SqlSeverity
{
    /// <summary>It may be right, and a person should look.</summary>
    Warning = 0,

    /// <summary>It stops or breaks what still runs, fails, or loses data.</summary>
    Error = 1,
}
