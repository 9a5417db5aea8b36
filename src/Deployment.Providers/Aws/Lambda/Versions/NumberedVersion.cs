using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>A published version.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">The revision that it is, where its description says so.</param>
/// <param name="Configuration">Its configuration, as a list has it.</param>
internal sealed record NumberedVersion(int Number, VersionName? Name, FunctionConfiguration Configuration);
