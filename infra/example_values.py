"""What the examples of the documentation are made of: one evening of Siti Rahma, who makes a comic of Kancil and the crocodiles.

FIELDS has a value by a field's name, or by `Schema.name` where the name means several things; a value that does not fit
a field's type is passed over. BODIES has whole requests where fields exclude each other or depend on one another.
"""

from typing import Any

STORAGE = "https://storage.googleapis.com/mamastoria-public"
TALE = (
    "Kancil yang lapar ingin menyeberangi sungai. Ia menipu para buaya agar berbaris menjadi jembatan. "
    "Setelah kenyang makan buah ia merasa bersalah, lalu kembali membawa sekeranjang buah dan meminta maaf."
)
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxNyIsInR5cGUiOiJhY2Nlc3MifQ.Yp0c2x3v8kq1mN5rT7wZ9bD4fG6hJ8kL0pQ2sU4vX6y"
GOOGLE_TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImE1MCJ9.eyJlbWFpbCI6InNpdGkucmFobWFAZ21haWwuY29tIn0.c2lnbmF0dXJl"
FIREBASE_TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImYxNyJ9.eyJwaG9uZV9udW1iZXIiOiIrNjI4MTIzNDU2Nzg5MCJ9.c2lnbmF0dXJl"

FIELDS: dict[str, Any] = {
    # People
    "id_users": 17, "id_user": 17, "user_id": 17, "user_ids": [17, 23], "full_name": "Siti Rahma", "username": "siti.rahma",
    "email": "siti.rahma@contoh.id", "identifier": "siti.rahma@contoh.id", "phone_number": "+6281234567890", "pending_email": "siti@contoh.id",
    "city": "Yogyakarta", "region": "DI Yogyakarta", "login_method": "mobile", "role": "user", "birth_year": 1994, "age": 31,
    "profile_photo_path": f"{STORAGE}/avatars/17-jmyeSKWI79wac4f5.web.webp", "profile_photo_url": f"{STORAGE}/avatars/17-jmyeSKWI79wac4f5.web.webp",
    "previous_rating": 4, "previous_rating_name": "Ahli", "rating_name": "Legenda", "publisher": "Siti Rahma", "Creator.name": "Siti Rahma",
    "referral_code": "SITI7K2M", "referral_code_id": "SITI7K2M", "Parent.code": "BUDI4X9P", "referred_user_id": 23, "referrer_id": 17,
    "Referred.full_name": "Budi Santoso", "Followed.full_name": "Budi Santoso", "BlockedPerson.full_name": "Orang Usil",
    "Referred.username": "budi", "Followed.username": "budi", "BlockedPerson.username": "usil", "Referred.id_users": 23,
    # Signing in
    "password": "rahasia-sekali", "old_password": "rahasia-sekali", "new_password": "lebih-rahasia-lagi", "verification_code": "402917",
    "reset_token": "402917", "access_token": TOKEN, "refresh_token": TOKEN.replace("YWNjZXNz", "cmVmcmVzaCI"), "token_type": "Bearer",
    "id_token": GOOGLE_TOKEN, "google_id_token": GOOGLE_TOKEN, "server_auth_code": "4/0AfJohXn3pQ7rS9tU", "firebase_id_token": FIREBASE_TOKEN,
    "expires_in": 1800, "Account.data": None, "device_id": "install-7d3f0c52a9", "device_name": "Samsung Galaxy A54", "purpose": "verify",
    "user_agent": "MamaStoria/3.4 (Android 15)", "Session.id": "6f1c7f0e-52f4-4c1b-9a53-0f7a5a3f6c2d", "fcm_token": "dRk3:APA91bH9xkQ2mLpV7sT4wYzC",
    "platform": "android", "app_version": "3.4.0",
    # Comics
    "comic_id": 42, "comic_ids": [42, 57], "title": "Kancil dan Para Buaya", "synopsis": "Kancil menipu para buaya, lalu menyesal.",
    "summary": TALE, "story_idea": f'{TALE} "Hai, Buaya Tua!" seru Kancil. "Raja Hutan menyuruhku menghitung semua buaya."', "storyIdeaText": TALE,
    "tags": "#kancil #buaya #sungai", "keywords": ["kancil", "buaya", "sungai"], "theme": "Kejujuran", "mood": "Ceria", "layout": "portrait",
    "genre": "Fabel", "genre_ids": [7], "style_id": 2, "style": "Cartoon", "Choice.name": "Fabel", "Choice.id": 7, "Genre.name": "Fabel",
    "Genre.key": "7", "Style.name": "Cartoon", "Style.key": "2", "Template.name": "Siti", "Template.key": "1",
    "Music.name": "Lagu Pengantar Tidur", "Music.key": "2", "Music.genre": "Lembut", "Music.artist": "MamaStoria",
    "file_url": f"{STORAGE}/catalog/music/2.wav", "description_prompt": "gadis kecil 7 tahun, rambut hitam dikuncir dua, gaun kuning, ceria", "music_id": 3,
    "character_key": "1", "character_ids": [1, 4], "background_ids": [1, 2], "selected_backgrounds": [1, 2], "selected_character_key": "1",
    "selected_characters": [1, 4], "page_count": 3, "page_number": 1, "panel_number": 1, "panel_id": 301, "panel_ids": [302, 301, 303],
    "panels_count": 9, "last_panel": 5, "narration": "Di tepi hutan yang rindang, Kancil menatap kebun di seberang.",
    "page_narration": "Di tepi hutan yang rindang, Kancil menatap kebun di seberang.", "speaker": "Kancil", "Dialogue.text": "Wah, buahnya ranum sekali!",
    "DialogueGiven.text": "Wah, buahnya ranum sekali!", "description": "Cerita binatang yang cerdik.", "Panel.description": "Kancil di tepi sungai, kebun di seberang.",
    "PanelView.description": "Kancil di tepi sungai, kebun di seberang.", "PanelChange.description": "Kancil di tepi sungai, kebun di seberang.",
    "PanelTexts.description": "Kancil di tepi sungai, kebun di seberang.", "coverUrl": f"{STORAGE}/comics/42/cover.webp",
    "cover_url": f"{STORAGE}/comics/42/cover.webp", "thumbnail_url": f"{STORAGE}/comics/42/cover-400.webp", "image_url": f"{STORAGE}/comics/42/1-1.webp",
    "Image.url": f"{STORAGE}/comics/42/1-1.webp", "Picture.url": f"{STORAGE}/comics/42/1-1-400.webp", "width": 1080, "height": 1440,
    "Picture.width": 400, "Picture.height": 533, "artist": "vertex", "pdf_url": f"{STORAGE}/comics/42/comic.pdf",
    "video_url": f"{STORAGE}/comics/42/comic.mp4", "preview_video_url": f"{STORAGE}/comics/42/preview.mp4", "audio_url": f"{STORAGE}/speech/5b1e.mp3",
    "narration_audio_url": f"{STORAGE}/speech/5b1e.mp3", "draft_job_id": "900", "job_id": 900, "stage": "Writing the script", "progress": 30,
    "needs_redraw": False, "script_is_stale": False, "DraftStatus.error": None, "Transcription.error": None, "functions__exports__schemas__Export.error": None,
    "features": ["cover", "watermark"], "kind": "pdf", "bytes": 1843200, "current_page": 1, "per_page": 20, "total": 1, "total_pages": 1, "has_next": False,
    "has_prev": False, "next_cursor": "eyJpZCI6NDJ9", "age_rating": "all", "age_ratings": ["all"], "is_ready_to_generate": True,
    "functions__exports__schemas__Export.url": "https://storage.googleapis.com/mamastoria-private/exports/42.pdf?X-Goog-Signature=4f2a",
    # Speech
    "text": "Pada suatu hari, Kancil melihat kebun buah di seberang sungai.", "language": "id-ID", "voice": "id-ID-Standard-A", "content_type": "audio/mp4",
    "object": "recordings/17/nv3Qq1doVzEAKiqtCqCBha0o", "Upload.url": "https://storage.googleapis.com/mamastoria-private/recordings/17/nv3Qq1doVzEAKiqtCqCBha0o?X-Goog-Signature=4f2a",
    "headers": {"Content-Type": "audio/mp4", "x-goog-content-length-range": "1,200000000", "x-goog-if-generation-match": "0"},
    "max_bytes": 200000000, "duration": 12, "confidence": 0.94,
    # Readers
    "content": "Ceritanya seru, anak saya minta dibacakan lagi!", "rating": 5, "rating_average": 4.8, "rating_count": 12, "total_views": 1280,
    "total_likes": 214, "total_comments": 31, "total_shares": 18, "views": 1280, "likes": 214, "comments": 31, "shares": 18, "readers": 940,
    "followers_count": 120, "following_count": 15, "total_followers": 120, "reach": [12, 9, 14], "not_found": [], "removed": 1,
    # Messages
    "notification_ids": [5, 6], "Notification.title": "Komik Selesai! 🎉", "Notification.message": "Komik 'Kancil dan Para Buaya' sudah siap dibaca.",
    "Notification.type": "success", "Notification.data": {"comic_id": 42, "type": "success"}, "img_url": f"{STORAGE}/comics/42/cover-400.webp", "unread_count": 2,
    "Announce.title": "Lomba cerita rakyat", "Announce.message": "Kirim ceritamu sebelum akhir bulan.", "title_en": "Folk tale contest",
    "message_en": "Send your story before the month ends.", "Announce.type": "announcement", "muted_types": ["new_follower"], "quiet_from": "21:00",
    "quiet_until": "06:00", "time_zone": "Asia/Jakarta", "slug": "lomba-cerita-rakyat", "link_url": "mamastoria://banners/lomba-cerita-rakyat",
    "Banner.title": "Lomba Cerita Rakyat", "BannerDetail.title": "Lomba Cerita Rakyat", "KeptBanner.title": "Lomba Cerita Rakyat",
    "NewBanner.title": "Lomba Cerita Rakyat", "Changes.title": "Lomba Cerita Rakyat", "message": "Done",
    # Money
    "package_id": 2, "package_slug": "basic", "package_name": "Basic", "Package.name": "Basic", "KeptPackage.name": "Basic", "Terms-Input.name": "Basic",
    "Terms-Input.description": "30 hari, 10 kali terbit, dan 20 kredit bonus.", "Package.description": "30 hari, 10 kali terbit, dan 20 kredit bonus.",
    "KeptPackage.description": "30 hari, 10 kali terbit, dan 20 kredit bonus.", "price": 16500, "amount": 16500, "duration_days": 30, "publish_quota": 10,
    "bonus_credits": 20, "kredit": 35, "currency": "IDR", "invoice_number": "INV-1795253400-2S", "payment_method": "bca_va",
    "payment_url": "https://jokul.doku.com/checkout/link/SU5WMDAx", "provider": "doku", "channel": "bca_va", "type_transaction": "subscription",
    "Method.code": "bca_va", "Method.name": "BCA Virtual Account", "group": "Virtual Account", "Bank.code": "014", "Bank.name": "Bank Central Asia (BCA)",
    "bank_code": "014", "bank_name": "Bank Central Asia (BCA)", "account_number": "1234567890", "account_name": "Siti Rahma", "balance": 150000, "available": 150000,
    "pending": 4900, "held": 0, "lifetime": 350000, "minimum": 50000, "fee": 2500, "receives": 47500, "reference": "TRF-20261121-0042",
    "keterangan": "Komisi 10% dari pembelian pertama", "Refund.reason": "Salah beli", "Credit.reason": "Bagi hasil Oktober 2026",
    "reason": "Nama rekening tidak cocok", "Payment.reason": None, "Withdrawal.reason": None, "Queued.reason": None, "Outcome.why": None, "line": 2,
    "functions__wallet__schemas__Movement.title": "Komisi dari Budi Santoso", "functions__wallet__schemas__Movement.description": "Pembelian pertama",
    "functions__wallet__schemas__Movement.reason": "commission", "functions__analytics__schemas__Movement.description": "Panel digambar",
    "csv": "id,transfer,status,reference,reason\n8,47500,paid,TRF-20261121-0042,\n", "Kredit.description": "Menggambar panel", "Kredit.amount": 5,
    "total_earnings": 350000, "total_bonus_earned": 4900, "earnings": 350000, "functions__analytics__schemas__Movement.amount": -5,
    "Withdrawal.amount": 50000, "Queued.amount": 50000, "Withdraw.amount": 50000, "Credit.amount": 250000, "Commission.amount": 1650,
    # Moderation
    "detail": "Menyalin gambar dari komik saya.", "note": "Sudah diperiksa dua kali.", "decision": "hide", "Reply.message": "Terima kasih, komik itu kami sembunyikan.",
    "reasons": {"copyright": 3}, "NewReport.reason": "copyright", "Report.reason": "copyright", "Decide.reason": "copyright", "Hide.reason": "copyright",
    "subject_id": 42, "subject_type": "comic",
    # Figures and the rest
    "month": "2026-11", "year": 2026, "date": "2026-11-21", "start": "2026-10-23", "end": "2026-11-21", "version": "1.1.0", "environment": "production",
    "docs": "/docs", "Welcome.name": "MamaStoria Comics", "checked": ["database", "storage", "queue"],
    "tables": {"comics": [{"id": 42, "title": "Kancil dan Para Buaya"}]}, "state": "kX2pQ7rS9tU", "banner": "lomba-cerita-rakyat", "code": "BUDI4X9P",
    "data": "https://app.mamastoria.id", "comic": 42, "ComicItem.id": 42, "ComicDetail.id": 42, "OwnComic.id": 42, "DraftItem.id": 42, "Bookmark.id": 42,
    "HistoryEntry.id": 42, "users": 8420, "new_users": 61, "dau": 940, "wau": 3150, "mau": 8420, "dau_average": 905.5, "stickiness": 0.11, "cohort": 58,
    "returned": 21, "rate": 0.36, "done": 412, "failed": 3, "success_rate": 0.993, "median_seconds": 41.5, "p95_seconds": 93.0, "comics_started": 96,
    "comics_finished": 71, "comics_published": 48, "revenue": 2940000, "refunds": 49000, "net_revenue": 2891000, "payments": 60, "paying_users": 58,
    "arpu": 343, "arppu": 49845, "total_comics": 9, "total_published": 7, "total_panels": 9, "total_ratings": 12, "total_referrals": 3,
    "current_balance": 150000, "current_credits": 35, "current_kredit": 30, "days_remaining": 27, "monthly_quota": 3, "remaining_quota": 2, "percent": 10,
    "overdrawn": False, "signed_out": 2, "marked": 2, "reports": 3, "told": 8420, "decided_by": 3, "account": 17, "status": "healthy", "is_new_user": False,
    # Moments, UTC
    "available_at": "2026-11-28T09:30:00Z", "end_date": "2026-12-21T09:30:00Z", "expires_at": "2026-11-21T10:30:00Z", "Session.expires_at": "2026-12-21T09:30:00Z",
    "erased_after": "2026-12-21T09:30:00Z", "quota_resets_at": "2026-11-30T17:00:00Z", "shown_from": "2026-11-20T17:00:00Z",
    "shown_until": "2026-12-20T17:00:00Z", "published_at": "2026-11-21T09:45:00Z", "updated_at": "2026-11-21T09:45:00Z", "paid_at": "2026-11-21T09:34:00Z",
    "refunded_at": None, "sent_at": None, "Case.decided_at": None,
}  # fmt: skip

BODIES: dict[str, Any] = {
    "auth.register": {"full_name": "Siti Rahma", "email": "siti.rahma@contoh.id", "password": "rahasia-sekali"},
    "auth.verify": {"email": "siti.rahma@contoh.id", "verification_code": "402917", "device_id": "install-7d3f0c52a9"},
    "auth.resend_verification": {"email": "siti.rahma@contoh.id"},
    "auth.login": {"identifier": "siti.rahma@contoh.id", "password": "rahasia-sekali", "device_id": "install-7d3f0c52a9"},
    "auth.google_verify_token": {"id_token": GOOGLE_TOKEN, "device_id": "install-7d3f0c52a9"},
    "banners.create_banner": {
        "title": "Lomba Cerita Rakyat",
        "link_url": "mamastoria://banners/lomba-cerita-rakyat",
        "comic_ids": [42, 57],
    },
    "banners.update_banner": {"title": "Lomba Cerita Rakyat 2026", "display_order": 1},
    "comics.update_characters": {"character_ids": [1, 4]},
    "notifications.announce": {"all": True, "title": "Lomba cerita rakyat", "message": "Kirim ceritamu sebelum akhir bulan."},
    "speech.transcribe": {"object": "recordings/17/nv3Qq1doVzEAKiqtCqCBha0o", "language": "id-ID"},
    "speech.transcribe_story_idea": {"object": "recordings/17/nv3Qq1doVzEAKiqtCqCBha0o", "language": "id-ID"},
    "speech.speak": {"panel_id": 301},
    "social.decide_report": {"decision": "hide", "reason": "copyright", "note": "Sudah diperiksa dua kali."},
    "subscriptions.purchase": {"package_id": 2, "payment_method": "bca_va"},
    "users.update_details": {"full_name": "Siti Rahmawati", "username": "siti.rahma"},
    "users.update_kredit": {"amount": 5, "operation": "subtract", "description": "Menggambar panel"},
    "users.check_verification_code": {"email": "siti.rahma@contoh.id", "verification_code": "402917"},
    "users.delete_account": {"password": "rahasia-sekali"},
    "wallet.create_withdrawal": {"amount": 50000, "bank_code": "014", "account_number": "1234567890", "account_name": "Siti Rahma"},
}

# Members of an answer's data that follow from the operation, not from the field.
DATA: dict[str, dict[str, Any]] = {
    "auth.register": {"phone_number": None},
    "comics.create_story": {"cover_url": None, "cover": None, "pdf_url": None, "published_at": None},
    "exports.export_video": {"kind": "video", "features": ["pan_and_zoom", "narration", "music", "watermark"]},
    "speech.show_transcription": {"status": "done"},
    "speech.transcribe": {"status": "pending", "text": None, "confidence": None},
    "subscriptions.payment_status": {"status": "success"},
    "subscriptions.refund_payment": {"status": "refunded"},
    "wallet.approve_withdrawal": {"status": "approved"},
    "wallet.cancel_withdrawal": {"status": "canceled", "reference": None},
    "wallet.create_withdrawal": {"reference": None},
    "wallet.reject_withdrawal": {"status": "rejected", "reference": None, "reason": "Nama rekening tidak cocok"},
}

# Answers that are no envelope, by operation or by content type.
TEXTS: dict[str, str] = {
    "text/html": '<!doctype html>\n<html lang="en">…</html>\n',
    "comics.read_comic": '<!doctype html>\n<html lang="id"><title>Kancil dan Para Buaya</title>…</html>\n',
    "analytics.show_dashboard": "id,title,published_wib,total_views,total_likes,total_comments,total_shares,rating_average,rating_count,views_30_days,likes_30_days,comments_30_days,shares_30_days\n42,Kancil dan Para Buaya,2026-11-21 16:45,1280,214,31,18,4.8,12,1280,214,31,18\n",
    "analytics.list_days": "date,views,readers,likes,comments,shares\n2026-11-21,1280,940,214,31,18\n",
    "analytics.list_months": "month,views,likes,comments,shares,earnings\n2026-11,1280,214,31,18,350000\n",
    "analytics.show_year": "month,views,likes,comments,shares,earnings\n2026-11,1280,214,31,18,350000\n",
    "analytics.list_history": "time_wib,type,unit,amount,description\n2026-11-21 16:30,debit,kredit,-5,Panel digambar\n",
    "analytics.list_platform_days": "date,users,new_users,dau,wau,mau,comics_started,comics_finished,comics_published,views,readers,likes,comments,shares,revenue,refunds,net_revenue,payments,paying_users,arpu,retention_d1,retention_d7,retention_d30,scripts_done,scripts_failed,scripts_success_rate,scripts_median_seconds,scripts_p95_seconds,panels_done,panels_failed,panels_success_rate,panels_median_seconds,panels_p95_seconds\n2026-11-21,8420,61,940,3150,8420,96,71,48,1280,940,214,31,18,2940000,49000,2891000,60,58,343,,,,412,3,0.993,41.5,93.0,412,3,0.993,41.5,93.0\n",
    "wallet.list_wallet_transactions": "time_wib,title,available,pending,held,reference,description\n2026-11-21 16:30,Komisi dari Budi Santoso,0,4900,0,81,Pembelian pertama\n",
    "wallet.get_payout_file": (
        "id,transfer,bank_code,bank_name,account_number,account_name,status,reference,reason\n8,47500,014,Bank Central Asia (BCA),1234567890,Siti Rahma,,,\n"
    ),
}

JSONS: dict[str, Any] = {
    "comics.android_links": [
        {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {"namespace": "android_app", "package_name": "id.mamastoria.app", "sha256_cert_fingerprints": ["14:6D:E9:83"]},
        }
    ],
    "comics.ios_links": {"applinks": {"details": [{"appIDs": ["ABCDE12345.id.mamastoria.app"], "components": [{"/": "/c/*"}]}]}},
    "system.openapi": {"openapi": "3.1.0", "info": {"title": "MamaStoria Comics", "version": "1.1.0"}, "paths": {}},
    "system.postman": {"info": {"name": "MamaStoria Comics"}, "item": []},
}

# Where a redirect leads.
LOCATIONS = {
    "auth.google_redirect": "https://accounts.google.com/o/oauth2/v2/auth?client_id=123.apps.googleusercontent.com&state=kX2",
    "exports.download_pdf": "https://storage.googleapis.com/mamastoria-private/exports/42.pdf?X-Goog-Signature=4f2a",
    "exports.download_video": "https://storage.googleapis.com/mamastoria-private/exports/42.mp4?X-Goog-Signature=4f2a",
}
