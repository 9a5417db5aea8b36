namespace Deployment.Providers.Local.Protocol;

/// <summary>Which revision's workers are to run on a target without a port.</summary>
internal sealed record DutyRequest
{
    /// <summary>The revision's id; null for none.</summary>
    public string? Revision { get; set; }
}
