using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Hands one request to one instance and its answer back to the client.</summary>
internal interface IRequestForwarder
{
    /// <summary>
    /// Forwards a request. It never repeats one that must not happen twice, and it leaves the answer untouched unless it says that the client
    /// has seen something or has failed.
    /// </summary>
    Task<ForwardResult> ForwardAsync(HttpContext context, Lane lane, Uri instance);
}
