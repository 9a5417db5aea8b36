using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>
/// A target whose instances can be replaced a few at a time. Each has a slot; requests are spread evenly over the slots, and
/// <see cref="Observation.Slots"/> tells which revision answers in which.
/// </summary>
public interface IReplaceInstances
{
    /// <summary>The slots that are filled when nothing is being deployed, such as <c>1</c>, <c>2</c>, <c>3</c>: one for each instance.</summary>
    IReadOnlyList<string> Slots { get; }

    /// <summary>The slots that can be filled besides, while a deployment lasts; empty where the target has room for no more.</summary>
    IReadOnlyList<string> SurgeSlots { get; }

    /// <summary>
    /// Puts a revision into slots, all of them at once: what is in a slot leaves the rotation, its requests in flight finish, it stops; the revision
    /// starts there, and joins the rotation when it is well. What has the revision already is left alone, so it is idempotent. A revision that has
    /// lost its last slot so is removed. The target makes sure that requests go to the other slots meanwhile.
    /// </summary>
    /// <param name="slots">Names of <see cref="Slots"/>, <see cref="SurgeSlots"/>, or of what was observed.</param>
    /// <param name="revision">What answers there afterwards.</param>
    Operation Replace(IReadOnlyList<string> slots, Revision revision);

    /// <summary>Empties slots: what is in them leaves the rotation, its requests in flight finish, it stops. A revision that has lost its last slot so is removed. It accepts slots that are empty.</summary>
    /// <param name="slots">Names of slots.</param>
    Operation Vacate(IReadOnlyList<string> slots);
}
