using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Where an instance is on its way into a slot and out of it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Rotation>))]
internal enum Rotation
{
    /// <summary>It serves.</summary>
    In,

    /// <summary>It gets no more requests and finishes those that it has. It can be put back.</summary>
    Leaving,

    /// <summary>It is being started, or was asked to end.</summary>
    Out,
}
