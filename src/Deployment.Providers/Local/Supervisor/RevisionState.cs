using System.Text.Json.Serialization;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>A revision in <c>state.json</c>.</summary>
internal sealed class RevisionState
{
    public required InstallRequest Request { get; set; }

    /// <summary>True once every instance listened; false again once it is being removed. What isn't installed is cleaned up by the next supervisor.</summary>
    public bool Installed { get; set; }

    /// <summary>Grows from one revision to the next.</summary>
    public long Order { get; set; }

    public List<InstanceState> Instances { get; set; } = [];

    /// <summary>Whether it has some of the target's slots, and the others may be another revision's.</summary>
    [JsonIgnore]
    public bool HoldsSlots => Instances.Exists(instance => instance.Rotation is not null);

    /// <summary>The slots in which it is to run.</summary>
    [JsonIgnore]
    public IEnumerable<int> WantedSlots => HoldsSlots ? Instances.Select(instance => instance.Slot) : Enumerable.Range(1, Request.Instances);
}
