using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>A request that the candidate was sent a copy of.</summary>
internal sealed class MirroredRequest(Mirror mirror, Task<MirrorAnswer?> candidate, BodyHash? body)
{
    /// <summary>Compares once the candidate has answered, which nobody waits for. What the user got no whole answer to is not compared.</summary>
    public void Compare(HttpContext context, bool answered)
    {
        if (answered)
        {
            _ = CountAsync(new MirrorAnswer(context.Response.StatusCode, body?.Value()));
        }
    }

    private async Task CountAsync(MirrorAnswer user) => mirror.Count(user, await candidate);
}
