namespace Deployment.Providers.Local.Supervisor;

/// <summary>Names an instance.</summary>
internal sealed record InstanceKey(string Target, string Revision, int Slot)
{
    public override string ToString() => $"Instance {Slot} of {Revision} on {Target}";
}
