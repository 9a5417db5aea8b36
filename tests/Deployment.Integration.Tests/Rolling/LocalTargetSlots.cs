using Deployment.Targets;

namespace Deployment.Integration.Tests.Rolling;

/// <summary>Tells what is in a target's slots.</summary>
internal delegate Task<SlotTable> LocalTargetSlots(CancellationToken cancellationToken);
